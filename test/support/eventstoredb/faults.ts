import type { Socket } from 'node:net'

/** What a test may do to the stand-in while clients use it. */
export interface Faults {
  /** Destroys every open connection. */
  readonly dropConnections: () => void
  /** Appends are done but their answers wait until the returned function is called. */
  readonly holdAnswers: () => () => void
  /** Requests are taken and ignored, for ever, until the returned function is called; pings are still answered. */
  readonly beSilent: () => () => void
  /** Batch appends are answered with this status and nothing is written, until called with undefined. */
  readonly refuseAppends: (refusal: Refusal | undefined) => void
  /** Server features are refused with UNKNOWN, a raw gRPC error for the client, until called with false. */
  readonly refuseFeatures: (refused: boolean) => void
  /** How many streaming calls (reads, subscriptions, batch appends) are open. */
  readonly openCalls: () => number
}

export type Refusal = 'busy' | 'not-ready' | 'timeout' | 'access-denied' | 'too-large'

/** The state behind the faults, asked by the handlers. */
export class FaultState {
  readonly sockets = new Set<Socket>()
  refusal: Refusal | undefined
  featuresRefused = false
  silent = false
  calls = 0
  #held: Promise<void> | undefined

  admit(socket: Socket): void {
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }

  async released(): Promise<void> {
    while (this.#held !== undefined) await this.#held
  }

  get faults(): Faults {
    return {
      dropConnections: () => { for (const socket of this.sockets) socket.destroy() },
      holdAnswers: () => {
        let release: () => void = () => undefined
        this.#held = new Promise((resolve) => { release = resolve })
        return () => { this.#held = undefined; release() }
      },
      beSilent: () => {
        this.silent = true
        return () => { this.silent = false }
      },
      refuseAppends: (refusal) => { this.refusal = refusal },
      refuseFeatures: (refused) => { this.featuresRefused = refused },
      openCalls: () => this.calls,
    }
  }
}
