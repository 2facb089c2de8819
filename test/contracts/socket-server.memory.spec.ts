import { memorySocketServer } from '../../adapters/memory/socket-server.js'
import { socketServerContract } from './socket-server/index.js'
import { allowedOrigin } from './socket-server/subject.js'

socketServerContract('memory', async () => {
  const server = memorySocketServer([allowedOrigin])
  return { server, connect: (_port, options) => server.connect(options) }
})
