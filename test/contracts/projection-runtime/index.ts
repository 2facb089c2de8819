import { afterEach, beforeEach, describe } from 'vitest'
import { lagAndRebuild } from './lag-and-rebuild.js'
import { projecting } from './projecting.js'
import { worldOf, type OpenRuntime, type World } from './world.js'

/** What the runtime holds over every projection store; each test has a log and a store of its own. */
export const projectionRuntime = (name: string, open: () => Promise<OpenRuntime>): void => {
  describe(`the projection runtime, ${name}`, () => {
    let world: World | undefined
    beforeEach(async () => { world = worldOf(await open()) })
    afterEach(() => world?.close())
    const subject = () => {
      if (world === undefined) throw new Error('nothing is open')
      return world
    }
    for (const behaviour of [projecting, lagAndRebuild]) behaviour(subject)
  })
}
