import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const OLDEST_JAVA = 17

/** The `java` of `JAVA_HOME`, else of the PATH, as a path or a name; throws when it is older than the servers need. */
export const javaProgram = (neededBy: string): string => {
  const home = process.env['JAVA_HOME']
  const java = home !== undefined && existsSync(join(home, 'bin', 'java')) ? join(home, 'bin', 'java') : 'java'
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' })
  const version = Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0)
  if (version < OLDEST_JAVA) throw new Error(`no Java ${OLDEST_JAVA} or later, which ${neededBy} needs`)
  return java
}

/** The folder of that Java, for programs that look for `bin/java` below it. */
export const javaHome = (neededBy: string): string => {
  const { stderr } = spawnSync(javaProgram(neededBy), ['-XshowSettings:properties', '-version'], { encoding: 'utf8' })
  const home = /java\.home = (.+)/.exec(stderr ?? '')?.[1]?.trim()
  if (home === undefined) throw new Error('this Java does not tell its home')
  return home
}
