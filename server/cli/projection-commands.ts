import { Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { StreamName } from '../../events/event-store.js'
import { lagOf, parkedStreams, rebuild, type RebuildReport, type Released } from '../../projections/index.js'
import { systemClock } from '../../platform/clock.js'
import { openFeed } from '../composition/feeds.js'
import type { Foundation } from '../composition/foundation.js'
import { openReadModels, type Projected } from '../composition/read-models.js'
import { openSearch } from '../composition/search.js'
import type { Settings } from '../configuration/settings.js'
import { print, printAll } from './print.js'
import { statusLine } from './progress.js'
import { Refused, withFoundation } from './session.js'

type ConfigFile = () => string | undefined
interface Desk {
  readonly foundation: Foundation
  readonly settings: Settings
  /** What is projected together; the search index apart. */
  readonly groups: ReadonlyArray<Projected>
  /** `search` names the projection of the search index, whichever engine it has. */
  readonly nameOf: (written: string) => string
}

const atDesk = (configFile: ConfigFile, use: (desk: Desk) => Promise<void>): Promise<void> =>
  withFoundation(configFile(), async (foundation, settings, shutdown) => {
    const readModels = await openReadModels(foundation)
    const search = await openSearch(settings, foundation, readModels, shutdown)
    return use({ foundation, settings, groups: [readModels, search], nameOf: (written) => (written === 'search' ? search.group.announced : written) })
  })

const orRefuse = <A>(answer: E.Either<{ readonly _tag: string; readonly reason?: string }, A>): A => {
  if (E.isRight(answer)) return answer.right
  throw new Refused(`${answer.left._tag}: ${answer.left.reason ?? 'nothing was changed'}`)
}

const feedOf = ({ settings, foundation }: Desk) => openFeed(settings, foundation, () => undefined)

const list = async (desk: Desk): Promise<void> => {
  const { foundation: { eventStore }, groups } = desk
  const { partitionOf } = await feedOf(desk)
  const parked = []
  for (const { projections, store } of groups) {
    const lags = orRefuse(await lagOf({ projections, eventStore, store, partitionOf, clock: systemClock })())
    for (const { projection, lagMs, state, position } of lags) print(`${projection.padEnd(18)} ${state.padEnd(8)} ${String(lagMs).padStart(8)} ms behind, at ${position}`)
    parked.push(...orRefuse(await store.parked()()))
  }
  if (parked.length === 0) print('no stream is parked')
  for (const { projection, stream, revision, type, reason } of parked) print(`parked: ${projection} ${stream} at revision ${revision} (${type}): ${reason}`)
}

const released = (outcome: Released): string =>
  outcome._tag === 'Released' ? 'the stream goes on' : `it waits again, at revision ${outcome.parked.revision}: ${outcome.parked.reason}`

const holds = ({ projections }: Projected, name: string): boolean => projections.some((projection) => projection.name === name)

const groupWith = ({ groups }: Desk, name: string): Projected => {
  const group = groups.find((one) => holds(one, name))
  if (group !== undefined) return group
  throw new Refused(`no projection ${name}; there are ${groups.flatMap(({ projections }) => projections.map((projection) => projection.name)).join(', ')}`)
}

const release = async (desk: Desk, written: string, stream: string, skip?: string): Promise<void> => {
  const [projection, name] = [desk.nameOf(written), stream as StreamName]
  const parked = parkedStreams({ ...groupWith(desk, projection), ...desk.foundation })
  print(released(orRefuse(await (skip === undefined ? parked.retry(projection, name) : parked.skip(projection, name, skip))())))
}

const comparison = ({ comparisons }: RebuildReport): ReadonlyArray<string> =>
  comparisons.map(({ projection, table, liveRows, rebuiltRows, onlyLive, onlyRebuilt }) =>
    `${onlyLive + onlyRebuilt === 0 ? 'equal  ' : 'DIFFERS'} ${projection}.${table}: live ${liveRows} rows, rebuilt ${rebuiltRows}` +
    (onlyLive + onlyRebuilt === 0 ? '' : `; only live ${onlyLive}, only rebuilt ${onlyRebuilt}`))

const rebuildTogether = async (desk: Desk, { projections, store }: Projected, swap: 'when-equal' | 'always' | 'never'): Promise<void> => {
  const { eventStore, keyStore } = desk.foundation
  const { partitions, partitionOf } = await feedOf(desk)
  const line = statusLine()
  const report = orRefuse(await rebuild({
    projections, eventStore, store, keyStore, partitions, partitionOf, swap,
    onProgress: ({ events, position, through }) => { line.update(`${events.toLocaleString('en')} events, at ${position} of ${through}`) },
  })())
  line.stop()
  printAll(comparison(report))
  const equal = report.comparisons.every(({ onlyLive, onlyRebuilt }) => onlyLive + onlyRebuilt === 0)
  print(`${report.events.toLocaleString('en')} events; ${report.swapped ? 'the rebuilt read models are live' : 'the live read models stay'}${equal ? '' : '; NOT equal'}`)
  if (!equal) process.exitCode = 1
}

const rebuildNamed = async (desk: Desk, written: ReadonlyArray<string>, swap: 'when-equal' | 'always' | 'never'): Promise<void> => {
  const names = written.map(desk.nameOf)
  for (const name of names) groupWith(desk, name)
  for (const group of desk.groups) {
    const chosen = group.projections.filter(({ name }) => names.includes(name))
    if (chosen.length > 0) await rebuildTogether(desk, { ...group, projections: chosen }, swap)
  }
}

const rebuildCommand = (configFile: ConfigFile): Command =>
  new Command('rebuild')
    .description('fill read models anew beside the live ones, compare row by row, swap')
    .argument('[names...]', 'projections')
    .option('--all', 'every projection')
    .addOption(new Option('--swap <when>', 'when the rebuilt ones take their place').choices(['when-equal', 'always', 'never']).default('when-equal'))
    .action((names: ReadonlyArray<string>, { all, swap }: { readonly all?: true; readonly swap: 'when-equal' | 'always' | 'never' }) => {
      if (all !== true && names.length === 0) throw new Refused('name projections, or say --all')
      return atDesk(configFile, (desk) => rebuildNamed(desk, all === true ? desk.groups.flatMap(({ projections }) => projections.map(({ name }) => name)) : names, swap))
    })

/** `tidings projections` · `tidings rebuild` */
export const projectionCommands = (configFile: ConfigFile): ReadonlyArray<Command> => [
  new Command('projections')
    .description('lag of each projection, and parked streams')
    .action(() => atDesk(configFile, list))
    .addCommand(
      new Command('retry').description('apply the event that a parked stream waits at').argument('<projection>').argument('<stream>')
        .action((projection: string, stream: string) => atDesk(configFile, (desk) => release(desk, projection, stream))),
    )
    .addCommand(
      new Command('skip').description('leave the event out for ever that a parked stream waits at').argument('<projection>').argument('<stream>').argument('<reason>')
        .action((projection: string, stream: string, reason: string) => atDesk(configFile, (desk) => release(desk, projection, stream, reason))),
    ),
  rebuildCommand(configFile),
]
