import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const MAVEN_CENTRAL = 'https://repo1.maven.org/maven2'
const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy-dependencies'
const PARALLEL_DOWNLOADS = 6

export interface Jar { readonly group: string; readonly artifact: string; readonly version: string; readonly sha256: string }

/** Kafka's broker and every library it needs, fixed by checksum. Made by `mvn dependency:copy-dependencies` of the two below. */
export const jars: ReadonlyArray<Jar> = JSON.parse(readFileSync(new URL('./jars.lock.json', import.meta.url), 'utf8'))

const ROOTS = ['kafka_2.13', 'slf4j-simple']

export const kafkaVersion = jars.find((jar) => jar.artifact === ROOTS[0])?.version ?? ''

const fileName = (jar: Jar): string => `${jar.artifact}-${jar.version}.jar`
const pathIn = (jar: Jar): string => `${jar.group.replaceAll('.', '/')}/${jar.artifact}/${jar.version}/${fileName(jar)}`
const isGenuine = (jar: Jar, bytes: Uint8Array): boolean => createHash('sha256').update(bytes).digest('hex') === jar.sha256

const keep = (jar: Jar, bytes: Uint8Array, folder: string): void => {
  if (!isGenuine(jar, bytes)) throw new Error(`${fileName(jar)} is not the file that jars.lock.json names`)
  writeFileSync(join(folder, fileName(jar)), bytes)
}

/** The repository that this machine's Maven settings put in the place of Maven Central, else Maven Central. */
export const mavenRepository = (home = homedir()): string => {
  const path = join(home, '.m2', 'settings.xml')
  const settings = existsSync(path) ? readFileSync(path, 'utf8').replace(/<!--[\s\S]*?-->/g, '') : ''
  const mirrors = [...settings.matchAll(/<mirror>([\s\S]*?)<\/mirror>/g)].map((match) => match[1] ?? '')
  const central = mirrors.find((mirror) => /<mirrorOf>\s*(\*|central|external:\*)\s*</.test(mirror))
  return /<url>\s*([^<\s]+?)\/?\s*</.exec(central ?? '')?.[1] ?? MAVEN_CENTRAL
}

/** Downloads files of a lock into a folder, six at a time; rejects on the first that cannot be had or is not genuine. */
export const download = async (wanted: ReadonlyArray<Jar>, repository: string, folder: string): Promise<void> => {
  const queue = [...wanted]
  const worker = async () => {
    for (let jar = queue.shift(); jar !== undefined; jar = queue.shift()) {
      const answer = await fetch(`${repository}/${pathIn(jar)}`)
      if (!answer.ok) throw new Error(`${repository} answers ${answer.status} for ${pathIn(jar)}`)
      keep(jar, new Uint8Array(await answer.arrayBuffer()), folder)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL_DOWNLOADS }, worker))
}

const project = (): string => {
  const dependency = (jar: Jar) =>
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
  const hasMaven = spawnSync('mvn', ['-v']).status === 0
  await (hasMaven ? copyByMaven(folder) : download(jars, mavenRepository(), folder))
}
