import { memoryLeadership, type MemoryLead } from '../../adapters/memory/leadership.js'
import { leadershipContract } from './leadership/index.js'

leadershipContract('memory', async () => {
  const lead: MemoryLead = { leader: undefined }
  return { another: async () => memoryLeadership(lead), killLeader: async () => { lead.leader = undefined }, close: async () => undefined }
})
