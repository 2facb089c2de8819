import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { download, fileName, hasMaven, keep, mavenRepository, type Artifact } from '../maven.js'

const run = promisify(execFile)

const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy-dependencies'

/** Kafka's broker and every library it needs, fixed by checksum. Made by `mvn dependency:copy-dependencies` of the two below. */
export const jars: ReadonlyArray<Artifact> = JSON.parse(readFileSync(new URL('./jars.lock.json', import.meta.url), 'utf8'))

const ROOTS = ['kafka_2.13', 'slf4j-simple']

export const kafkaVersion = jars.find((jar) => jar.artifact === ROOTS[0])?.version ?? ''

const project = (): string => {
  const dependency = (jar: Artifact) =>
    `<dependency><groupId>${jar.group}</groupId><artifactId>${jar.artifact}</artifactId><version>${jar.version}</version></dependency>`
  const dependencies = jars.filter((jar) => ROOTS.includes(jar.artifact)).map(dependency).join('')
  return (
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>tidings</groupId>' +
    `<artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging><dependencies>${dependencies}</dependencies></project>`
  )
}

const copyByMaven = async (folder: string): Promise<void> => {
  const place = mkdtempSync(join(tmpdir(), 'tidings-maven-'))
  try {
    writeFileSync(join(place, 'pom.xml'), project())
    const copied = join(place, 'libs')
    await run('mvn', ['-q', '-B', '-C', COPY_DEPENDENCIES, '-DincludeScope=runtime', `-DoutputDirectory=${copied}`], { cwd: place })
    for (const jar of jars) keep(jar, readFileSync(join(copied, fileName(jar))), folder)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/**
 * Fetches the jars into a new folder: by Maven where it is installed, since it knows the machine's mirrors, proxies and own
 * repository, else straight from the repository. Either way each file must have the checksum of the lock.
 */
export const fetchJars = async (folder: string): Promise<void> => {
  mkdirSync(folder)
  await (hasMaven() ? copyByMaven(folder) : download(jars, mavenRepository(), folder))
}
