import { expect, it } from 'vitest'
import { repeatedly } from './repeatedly.js'

it('work is never done twice at once, and comes again after its end', async () => {
  let [runs, underWay, most] = [0, 0, 0]
  await new Promise<void>((resolve) => {
    const repeated = repeatedly(1, async () => {
      most = Math.max(most, (underWay += 1))
      await new Promise((done) => { setImmediate(done) })
      underWay -= 1
      if ((runs += 1) === 3) void repeated.stop().then(resolve)
    })
  })
  expect({ runs, most }).toEqual({ runs: 3, most: 1 })
})

it('stopping tells the work, waits for it and not for the pause', async () => {
  const ended: string[] = []
  const repeated = repeatedly(3_600_000, (signal) => new Promise((resolve) => { signal.addEventListener('abort', () => { ended.push('work'); resolve() }) }))
  await repeated.stop()
  ended.push('stopped')
  await repeated.stop()
  expect(ended).toEqual(['work', 'stopped'])
  await repeatedly(3_600_000, async () => undefined).stop()
})
