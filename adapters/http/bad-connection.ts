import type { Socket } from 'node:net'
import { problem } from '../../events/wire/problems.js'
import { bodyTooLarge, problemMediaType } from './problems.js'

const refusalOf = (code: string | undefined) => {
  if (code === 'HPE_HEADER_OVERFLOW') return problem('too-large', { detail: 'Send fewer or shorter headers.' })
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return bodyTooLarge()
  return problem('malformed', { detail: 'Send HTTP/1.1 in time and as it is written.' })
}

/** What is no HTTP request at all is answered with a problem as well, and then cut. */
export const answerBadConnection = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const answer = refusalOf(error.code)
  const body = JSON.stringify(answer)
  const head = [`HTTP/1.1 ${answer.status} Refused`, `content-type: ${problemMediaType}`, `content-length: ${Buffer.byteLength(body)}`, 'connection: close']
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
