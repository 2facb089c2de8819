/** The writes of one kind, in their order. */
export const only = <Write extends { readonly op: string }, Name extends Write['op']>(
  writes: ReadonlyArray<Write>, op: Name,
): ReadonlyArray<Extract<Write, { readonly op: Name }>> => writes.filter((write): write is Extract<Write, { readonly op: Name }> => write.op === op)
