import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HandleRegistry } from '../../../command-side/ports.js'

export interface OpenHandleRegistry {
  readonly registry: HandleRegistry
  /** A second registry over the same claims, as another process is. */
  readonly another: () => HandleRegistry
  readonly close: () => Promise<void>
}

const names = () => ({ handle: `digest-${uuidv7()}`, ada: uuidv7(), ben: uuidv7() })

/** What every adapter of the handle registry port holds. */
export const handleRegistryContract = (name: string, open: () => Promise<OpenHandleRegistry>): void => {
  describe(`the handle registry contract, ${name}`, () => {
    let opened: OpenHandleRegistry | undefined
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened?.close())
    const subject = () => {
      if (opened === undefined) throw new Error('the registry did not open')
      return opened
    }

    it('who claims first holds it; claiming again is no change', async () => {
      const [{ registry, another }, { handle, ada, ben }] = [subject(), names()]
      expect(await registry.holder(handle)()).toEqual(E.right(O.none))
      expect(await registry.claim(handle, ada)()).toEqual(E.right(true))
      expect(await another().claim(handle, ada)()).toEqual(E.right(true))
      expect(await another().claim(handle, ben)()).toEqual(E.right(false))
      expect(await another().holder(handle)()).toEqual(E.right(O.some(ada)))
    })

    it('many are asked at once, in any order, known or not', async () => {
      const [{ registry, another }, { handle, ada, ben }] = [subject(), names()]
      await registry.claim(handle, ada)()
      await registry.claim(`${handle}-2`, ben)()
      expect(await another().holders([`${handle}-2`, 'nobody', handle, handle])()).toEqual(E.right([O.some(ben), O.none, O.some(ada), O.some(ada)]))
      expect(await registry.holders([])()).toEqual(E.right([]))
    })

    it('of many that claim at once over two registries one gets it', async () => {
      const [{ registry, another }, { handle }] = [subject(), names()]
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? registry : another()).claim(handle, uuidv7())()))
      expect(answers.filter((answer) => E.isRight(answer) && answer.right)).toHaveLength(1)
    })

    it('only its holder releases it; then it is free', async () => {
      const [{ registry }, { handle, ada, ben }] = [subject(), names()]
      await registry.claim(handle, ada)()
      await registry.release(handle, ben)()
      expect(await registry.holder(handle)()).toEqual(E.right(O.some(ada)))
      await registry.release(handle, ada)()
      await registry.release(handle, ada)()
      expect(await registry.claim(handle, ben)()).toEqual(E.right(true))
    })

    it('a new claim stands beside the old one', async () => {
      const [{ registry }, { handle, ada }] = [subject(), names()]
      await registry.claim(handle, ada)()
      await registry.claim(`${handle}-new`, ada)()
      await registry.release(handle, ada)()
      expect(await registry.holder(`${handle}-new`)()).toEqual(E.right(O.some(ada)))
      expect(await registry.holder(handle)()).toEqual(E.right(O.none))
    })
  })
}
