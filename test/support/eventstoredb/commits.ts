import { EventEmitter } from 'node:events'
import type { Disk } from './disk.js'
import type { Log } from './log.js'
import type { Expected, Outcome, ProposedEvent } from './stored-event.js'

/** Writes to the log in the order of the calls, and answers once everything that an answer tells of is on disk. */
export class Commits {
  readonly log: Log
  /** Emits 'visible' when readers may see more. */
  readonly moved = new EventEmitter().setMaxListeners(0)
  readonly #disk: Disk | undefined
  #lastWrite: Promise<void> = Promise.resolve()

  constructor(log: Log, disk: Disk | undefined) {
    this.log = log
    this.#disk = disk
  }

  append(stream: string, expected: Expected, events: ReadonlyArray<ProposedEvent>): Promise<Outcome> {
    return this.#durable(this.log.append(stream, expected, events))
  }

  softDelete(stream: string, expected: Expected): Promise<Outcome> {
    return this.#durable(this.log.softDelete(stream, expected))
  }

  tombstone(stream: string, expected: Expected): Promise<Outcome> {
    return this.#durable(this.log.tombstone(stream, expected))
  }

  async #durable(outcome: Outcome): Promise<Outcome> {
    if (outcome._tag === 'Written') {
      const end = this.log.events.length
      if (this.#disk !== undefined) await (this.#lastWrite = this.#disk.write(outcome.events))
      this.log.visible = Math.max(this.log.visible, end)
      this.moved.emit('visible')
    } else if (outcome._tag === 'AlreadyThere') {
      await this.#lastWrite
    }
    return outcome
  }
}
