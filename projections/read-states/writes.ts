export const readStatesModel = { name: 'read_states', version: 1 } as const

export interface ReadStatesWrite {
  readonly conversation: string
  readonly userId: string
  /** A marker never goes back. */
  readonly through: number
}
