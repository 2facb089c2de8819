import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { CommandReceipts } from '../../../command-side/ports.js'
import { conversationStream } from '../../../events/streams.js'
import type { CommandReceiptsWrite } from '../../../projections/command-receipts/writes.js'
import { commandReceiptsModel } from '../../../projections/command-receipts/writes.js'
import { NOTHING_PROJECTED } from '../../message-facts.js'
import type { MemoryReadModel } from '../read-model.js'
import type { Exchangeable } from './exchangeable.js'
import { exchangeable } from './exchangeable.js'

interface Receipts {
  head: number
  readonly byCommand: Map<string, { readonly first: number; readonly last: number }>
}

export interface MemoryCommandReceiptsModel extends MemoryReadModel<CommandReceiptsWrite> {
  /** By stream. */
  readonly tables: Exchangeable<{ readonly receipts: Map<string, Receipts> }>
}

const commandKey = (device: string, counter: number): string => `${device} ${counter}`

const record = (receipts: Receipts, { revision, command }: CommandReceiptsWrite): void => {
  if (revision <= receipts.head) return
  receipts.head = revision
  if (command === undefined) return
  const key = commandKey(command.device, command.counter)
  receipts.byCommand.set(key, { first: receipts.byCommand.get(key)?.first ?? revision, last: revision })
}

export const memoryCommandReceiptsModel = (): MemoryCommandReceiptsModel => {
  const tables = exchangeable(() => ({ receipts: new Map<string, Receipts>() }))
  return {
    ...commandReceiptsModel,
    tables,
    apply: (writes) => {
      const { receipts } = tables.current()
      for (const write of writes) {
        const stream = conversationStream(write.conversation)
        const there = receipts.get(stream) ?? { head: NOTHING_PROJECTED, byCommand: new Map() }
        receipts.set(stream, there)
        record(there, write)
      }
    },
  }
}

export const memoryCommandReceipts = ({ tables }: MemoryCommandReceiptsModel): CommandReceipts => ({
  find: (stream, device, counter) => TE.fromIO(() => {
    const receipts = tables.current().receipts.get(stream)
    const found = receipts?.byCommand.get(commandKey(device, counter))
    return { atRevision: receipts?.head ?? NOTHING_PROJECTED, first: O.fromNullable(found?.first), last: O.fromNullable(found?.last) }
  }),
})
