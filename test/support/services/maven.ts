import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const MAVEN_CENTRAL = 'https://repo1.maven.org/maven2'
const PARALLEL_DOWNLOADS = 6

/** One file of a Maven repository, fixed by its checksum. */
export interface Artifact {
  readonly group: string
  readonly artifact: string
  readonly version: string
  /** `jar` where absent. */
  readonly extension?: string
  readonly sha256: string
}

export const fileName = ({ artifact, version, extension = 'jar' }: Artifact): string => `${artifact}-${version}.${extension}`
const pathIn = (one: Artifact): string => `${one.group.replaceAll('.', '/')}/${one.artifact}/${one.version}/${fileName(one)}`
const isGenuine = (one: Artifact, bytes: Uint8Array): boolean => createHash('sha256').update(bytes).digest('hex') === one.sha256

/** Writes the file into the folder; throws when it is another than the lock names. */
export const keep = (one: Artifact, bytes: Uint8Array, folder: string): void => {
  if (!isGenuine(one, bytes)) throw new Error(`${fileName(one)} is not the file that its lock names`)
  writeFileSync(join(folder, fileName(one)), bytes)
}

/** Maven knows this machine's mirrors, proxies and own repository: where it is installed, it fetches. */
export const hasMaven = (): boolean => spawnSync('mvn', ['-v']).status === 0

/** The repository that this machine's Maven settings put in the place of Maven Central, else Maven Central. */
export const mavenRepository = (home = homedir()): string => {
  const path = join(home, '.m2', 'settings.xml')
  const settings = existsSync(path) ? readFileSync(path, 'utf8').replace(/<!--[\s\S]*?-->/g, '') : ''
  const mirrors = [...settings.matchAll(/<mirror>([\s\S]*?)<\/mirror>/g)].map((match) => match[1] ?? '')
  const central = mirrors.find((mirror) => /<mirrorOf>\s*(\*|central|external:\*)\s*</.test(mirror))
  return /<url>\s*([^<\s]+?)\/?\s*</.exec(central ?? '')?.[1] ?? MAVEN_CENTRAL
}

/** Downloads files of a lock into a folder, six at a time; rejects on the first that cannot be had or is not genuine. */
export const download = async (wanted: ReadonlyArray<Artifact>, repository: string, folder: string): Promise<void> => {
  const queue = [...wanted]
  const worker = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const answer = await fetch(`${repository}/${pathIn(one)}`)
      if (!answer.ok) throw new Error(`${repository} answers ${answer.status} for ${pathIn(one)}`)
      keep(one, new Uint8Array(await answer.arrayBuffer()), folder)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL_DOWNLOADS }, worker))
}
