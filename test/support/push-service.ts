import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { Agent, createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Notification } from '../../events/wire/notification.js'
import type { PushSubscription } from '../../gateway/ports.js'
import { selfSignedCertificate } from './certificate.js'

const SALT_BYTES = 16
const TAG_BYTES = 16
const decoded = (text: string): Buffer => Buffer.from(text, 'base64url')

/** A browser's side of RFC 8291: its keys, and reading a message of one record. */
const browser = () => {
  const [ecdh, auth] = [createECDH('prime256v1'), randomBytes(16)]
  const own = ecdh.generateKeys()
  return {
    keys: { p256dh: own.toString('base64url'), auth: auth.toString('base64url') },
    read: (body: Buffer): string => {
      const [salt, keyLength] = [body.subarray(0, SALT_BYTES), body.readUInt8(SALT_BYTES + 4)]
      const at = SALT_BYTES + 5
      const theirs = body.subarray(at, at + keyLength)
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), own, theirs])
      const secret = hkdfSync('sha256', ecdh.computeSecret(theirs), auth, info, 32)
      const derive = (name: string, bytes: number) => Buffer.from(hkdfSync('sha256', Buffer.from(secret), salt, Buffer.from(`Content-Encoding: ${name}\0`), bytes))
      const sealed = body.subarray(at + keyLength)
      const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12)).setAuthTag(sealed.subarray(-TAG_BYTES))
      const plain = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
      return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8')
    },
  }
}

/** Whether the token of `Authorization: vapid t=…, k=…` is signed by its key, is for that origin, and has not expired. */
const isSigned = (authorization: string, origin: string): boolean => {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? []
  const [head = '', claims = '', signature = ''] = token.split('.')
  const point = decoded(key)
  if (point.length !== 65) return false
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') }
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
  const { aud, exp, sub } = JSON.parse(decoded(claims).toString()) as { readonly aud: string; readonly exp: number; readonly sub: string }
  return verify('sha256', Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, decoded(signature)) &&
    aud === origin && exp * 1_000 > Date.now() && sub.startsWith('mailto:')
}

interface Subscriber {
  readonly status: number
  readonly read: (body: Buffer) => string
  readonly waiting: Map<string, string>
}

/** A push service (RFC 8030) on this machine, and browsers that subscribe at it. Answers 403 to who is not signed. */
export const startPushService = async () => {
  const { certificate, key } = selfSignedCertificate()
  const subscribers = new Map<string, Subscriber>()
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const subscriber = subscribers.get(request.url ?? '')
      const signed = isSigned(String(request.headers.authorization), origin) && request.headers['content-encoding'] === 'aes128gcm' && Number(request.headers.ttl) > 0
      const status = signed ? (subscriber?.status ?? 404) : 403
      if (status === 201) subscriber?.waiting.set(String(request.headers.topic), subscriber.read(Buffer.concat(chunks)))
      response.writeHead(status, { 'retry-after': '7' }).end('x'.repeat(100_000))
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const host = `localhost:${(server.address() as AddressInfo).port}`
  const origin = `https://${host}`
  return {
    host,
    agent: new Agent({ ca: certificate }),
    /** PEM: who calls it must trust it. */
    certificate,
    subscribe: (status: number): { readonly subscription: PushSubscription; readonly waiting: () => ReadonlyArray<Notification> } => {
      const [path, { keys, read }, waiting] = [`/push/${subscribers.size}`, browser(), new Map<string, string>()]
      subscribers.set(path, { status, read, waiting })
      return {
        subscription: { endpoint: `${origin}${path}`, keys },
        waiting: () => [...waiting.values()].map((text) => (JSON.parse(text) as { readonly notification: Notification }).notification),
      }
    },
    close: () => new Promise<void>((resolve) => { server.closeAllConnections(); server.close(() => { resolve() }) }),
  }
}
