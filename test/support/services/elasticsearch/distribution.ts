import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cached } from '../cache.js'
import { download, fileName, hasMaven, keep, mavenRepository, type Artifact } from '../maven.js'

const run = promisify(execFile)

const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy'

/** Elasticsearch's smallest distribution: no Java of its own, and only the modules that every node has. */
export const distribution: Artifact = {
  group: 'org.elasticsearch.distribution.integ-test-zip', artifact: 'elasticsearch', version: '8.19.21', extension: 'zip',
  sha256: '215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a',
}

const copyByMaven = async (folder: string): Promise<void> => {
  const { group, artifact, version, extension } = distribution
  const copied = join(folder, 'maven')
  await run('mvn', ['-q', '-B', '-C', COPY, `-Dartifact=${group}:${artifact}:${version}:${extension}`, `-DoutputDirectory=${copied}`], { cwd: folder })
  keep(distribution, readFileSync(join(copied, fileName(distribution))), folder)
}

const unpack = async (unfinished: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-elasticsearch-'))
  try {
    await (hasMaven() ? copyByMaven(folder) : download([distribution], mavenRepository(), folder))
    mkdirSync(unfinished)
    await run('unzip', ['-q', join(folder, fileName(distribution)), '-d', unfinished]).catch((error: unknown) => {
      throw new Error('Elasticsearch could not be unpacked: is unzip there?', { cause: error })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The folder with `bin/elasticsearch`, fetched once for a machine, about 230 MB. Rejects with what is missing. */
export const elasticsearchHome = async (): Promise<string> => {
  const { artifact, version } = distribution
  return join(await cached(`${artifact}-${version}`, unpack), `${artifact}-${version}`)
}
