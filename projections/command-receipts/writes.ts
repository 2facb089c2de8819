export const commandReceiptsModel = { name: 'command_receipts', version: 1 } as const

/** One event of a conversation, and which numbered command of which device it came from. */
export interface CommandReceiptsWrite {
  readonly conversation: string
  readonly revision: number
  readonly command: { readonly device: string; readonly counter: number } | undefined
}
