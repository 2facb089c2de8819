import type { Leadership } from '../../command-side/ports.js'

/** Who leads of those that share it. */
export interface MemoryLead {
  leader: Leadership | undefined
}

/** The complete leadership in memory: one of those over the same `lead` has it, and who is put out of it leads no more. */
export const memoryLeadership = (lead: MemoryLead = { leader: undefined }): Leadership => {
  let resigned = false
  const self: Leadership = {
    leads: async () => {
      if (!resigned) lead.leader ??= self
      return lead.leader === self
    },
    resign: async () => {
      resigned = true
      if (lead.leader === self) lead.leader = undefined
    },
  }
  return self
}
