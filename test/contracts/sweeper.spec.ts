import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryLeadership, type MemoryLead } from '../../adapters/memory/leadership.js'
import { startSweeper, type SweeperOptions } from '../../command-side/sweeping/sweeper.js'
import type { Swept } from '../../command-side/sweeping/sweep.js'
import type { Repeated } from '../../platform/repeatedly.js'
import { until } from '../support/until.js'

const whole: Swept = { batches: [], ended: 0, failures: [] }
const failed: Swept = { batches: [1], ended: 0, failures: ['away'] }

describe('the sweeper', () => {
  const running: Repeated[] = []
  const start = (options: Partial<SweeperOptions>): Repeated => {
    const sweeper = startSweeper({ leadership: memoryLeadership(), sweep: async () => whole, everyMs: 1, onSwept: () => undefined, onDefect: () => undefined, ...options })
    running.push(sweeper)
    return sweeper
  }
  afterEach(async () => {
    vi.useRealTimers()
    vi.restoreAllMocks()
    await Promise.all(running.splice(0).map(({ stop }) => stop()))
  })

  it('T2: sweeps at once, and again and again', async () => {
    const swept: Swept[] = []
    start({ onSwept: (each) => { swept.push(each) } })
    await until(() => swept.length >= 5)
  })

  it('T4: one of many sweeps; when the leader loses its lead another does', async () => {
    const lead: MemoryLead = { leader: undefined }
    const sweeps = Array.from({ length: 4 }, () => 0)
    const leaders = sweeps.map(() => memoryLeadership(lead))
    leaders.forEach((leadership, index) => start({ leadership, sweep: async () => { sweeps[index] = (sweeps[index] ?? 0) + 1; return whole } }))
    const active = () => sweeps.map((count, index) => (count > 0 ? index : -1)).filter((index) => index >= 0)
    await until(() => sweeps.some((count) => count >= 5))
    const [first = -1, ...others] = active()
    expect(others).toEqual([])
    lead.leader = leaders[(first + 1) % leaders.length]
    const before = sweeps[first]
    await until(() => (sweeps[(first + 1) % leaders.length] ?? 0) >= 5)
    expect((sweeps[first] ?? 0) - (before ?? 0)).toBeLessThanOrEqual(1)
  })

  it('who stops ends what is under way, then leaves the lead', async () => {
    const lead: MemoryLead = { leader: undefined }
    let [release, began]: [() => void, boolean] = [() => undefined, false]
    const first = start({ leadership: memoryLeadership(lead), sweep: () => new Promise((resolve) => { [release, began] = [() => resolve(whole), true] }) })
    await until(() => began)
    let stopped = false
    const stopping = first.stop().then(() => { stopped = true })
    const other = memoryLeadership(lead)
    expect(await other.leads()).toBe(false)
    expect(stopped).toBe(false)
    release()
    await stopping
    expect(await other.leads()).toBe(true)
  })

  it('a defect is told and does not end it', async () => {
    const defects: unknown[] = []
    const outcomes: Swept[] = []
    let sweeps = 0
    start({
      sweep: async () => { if ((sweeps += 1) === 1) throw new TypeError('a defect'); return whole },
      onDefect: (error) => { defects.push(error) }, onSwept: (swept) => { outcomes.push(swept) },
    })
    await until(() => outcomes.length >= 2)
    expect(defects).toEqual([new TypeError('a defect')])
    expect(outcomes[0]?.failures).not.toEqual([])
  })

  describe('after a failure', () => {
    beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }) })

    const waitsOf = async (count: number): Promise<ReadonlyArray<number>> => {
      const times: number[] = []
      start({ sweep: async () => { times.push(performance.now()); return failed } })
      while (times.length <= count) await vi.advanceTimersToNextTimerAsync()
      return times.slice(1).map((time, index) => time - (times[index] ?? 0))
    }

    it.each([[0, 250, 30_000], [0.999, 500, 60_000]])('T2: it comes again after growing intervals, of at most a minute, with jitter (draw %d)', async (draw, first, atMost) => {
      vi.spyOn(Math, 'random').mockReturnValue(draw)
      const waits = await waitsOf(12)
      expect(waits[0]).toBeCloseTo(first, -1)
      waits.slice(1).forEach((wait, index) => {
        const before = waits[index] ?? 0
        expect(wait).toBeGreaterThanOrEqual(before)
        expect(wait).toBeLessThanOrEqual(2 * before + 1)
      })
      expect(Math.max(...waits)).toBeLessThanOrEqual(atMost)
      expect(waits.at(-1)).toBeGreaterThan(atMost * 0.99)
    })

    it('T2: once it is whole it goes on at its own pace, and the next failure begins with a short wait', async () => {
      vi.spyOn(Math, 'random').mockReturnValue(0)
      const [plan, times]: [Swept[], number[]] = [[failed, failed, failed, whole, failed, whole], []]
      start({ everyMs: 1, sweep: async () => { times.push(performance.now()); return plan.shift() ?? whole } })
      // The pause between whole sweeps is a real one.
      while (times.length < 6) await Promise.all([vi.advanceTimersByTimeAsync(50), new Promise((resolve) => { setImmediate(resolve) })])
      const waits = times.slice(1).map((time, index) => Math.round(time - (times[index] ?? 0)))
      expect(waits.slice(0, 3)).toEqual([250, 500, 1_000])
      expect(waits[4]).toBe(250)
    })
  })
})
