import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeCodes } from '../../../events/wire/close-codes.js'
import type { SocketHandlers } from '../../../gateway/ports.js'
import { until } from '../../support/until.js'
import { allowedOrigin, type Heard, type SocketServerSubject } from './subject.js'

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends ReadonlyArray<infer A> ? A[] : T[K] }

const listener = () => {
  const heard: Mutable<Heard> = { opened: [], received: [], drained: [], closed: [] }
  const handlers: SocketHandlers = {
    opened: (socket, { bearer }) => { heard.opened.push({ socket, bearer }) },
    received: (socket, frame) => { heard.received.push({ socket, frame }) },
    drained: (socket, bytes) => { heard.drained.push({ socket, bytes }) },
    closed: (socket) => { heard.closed.push(socket) },
  }
  return { heard, handlers }
}

/** What every socket server holds. A new one for each test. */
export const socketServerContract = (name: string, open: () => Promise<SocketServerSubject>): void => {
  describe(`the socket server contract, ${name}`, () => {
    let subject: SocketServerSubject
    let heard: Heard
    let listening: { readonly port: number; readonly close: () => Promise<void> }

    beforeEach(async () => {
      subject = await open()
      const made = listener()
      heard = made.heard
      listening = await subject.server.listen(made.handlers)
    })
    afterEach(() => listening.close())

    const pair = async (options?: Parameters<SocketServerSubject['connect']>[1]) => {
      const before = heard.opened.length
      const peer = await subject.connect(listening.port, options)
      await until(() => heard.opened.length === before + 1)
      const opened = heard.opened[before]
      if (opened === undefined) throw new Error('it opened')
      return { peer, ...opened }
    }

    it('frames arrive in order both ways, unaltered, on the one socket object', async () => {
      const { peer, socket } = await pair()
      const texts = Array.from({ length: 200 }, (_, n) => `${n} žluťoučký 🦆 ${'x'.repeat(n)}`)
      for (const text of texts) peer.send(text)
      await until(() => heard.received.length === 200)
      expect(heard.received.map(({ frame }) => frame)).toEqual(texts)
      expect(new Set(heard.received.map((one) => one.socket))).toEqual(new Set([socket]))
      socket.batched(() => { for (const text of texts) socket.send(Buffer.from(text)) })
      for (const text of texts) socket.send(text)
      await until(() => peer.frames.length === 400)
      expect(peer.frames).toEqual([...texts, ...texts])
    })

    it('the bearer of the Authorization header or of a subprotocol; none without', async () => {
      expect((await pair({ authorization: 'Bearer a.b-c_d' })).bearer).toBe('a.b-c_d')
      expect((await pair({ protocols: ['tidings', 'tidings.bearer.a.b-c_d'] })).bearer).toBe('a.b-c_d')
      expect((await pair({ protocols: ['tidings.bearer.a.b-c_d'] })).bearer).toBe('a.b-c_d')
      expect((await pair({ authorization: 'Basic YTpi' })).bearer).toBeUndefined()
      expect((await pair()).bearer).toBeUndefined()
    })

    it('a browser\'s origin is admitted when it is in the list, exactly; without an origin everybody is', async () => {
      await pair({ origin: allowedOrigin })
      for (const origin of ['https://evil.example', `${allowedOrigin}.evil.example`, 'http://app.example', 'null', allowedOrigin.toUpperCase()]) {
        await expect(subject.connect(listening.port, { origin })).rejects.toThrow()
      }
      expect(heard.opened.length).toBe(1)
    })

    it('a close carries its code after what was sent before it, and is told once', async () => {
      const { peer, socket } = await pair()
      socket.batched(() => { socket.send('last words') })
      socket.close('replaced')
      socket.close('goingAway')
      expect(await peer.closed).toBe(closeCodes.replaced.code)
      expect(peer.frames).toEqual(['last words'])
      await until(() => heard.closed.length === 1)
      expect(heard.closed).toEqual([socket])
    })

    it('what goes to a socket that is gone goes nowhere, and never throws', async () => {
      const { peer, socket } = await pair()
      peer.cut()
      await until(() => heard.closed.length === 1)
      expect(socket.send('x')).toBe(0)
      socket.batched(() => { socket.send('y') })
      socket.close('goingAway')
      expect(heard.closed).toEqual([socket])
    })

    it('G6: bytes wait in the socket of a reader that stalls, counted; when it reads again all arrives, and drained is told', async () => {
      const [{ peer, socket }, other] = [await pair(), await pair()]
      peer.stall()
      let [waiting, sent] = [0, 0]
      for (; waiting < 2_000_000 && sent < 500; sent += 1) waiting = socket.send(`${sent}${'x'.repeat(100_000)}`)
      expect(waiting).toBeGreaterThanOrEqual(2_000_000)
      other.socket.send('still served')
      await until(() => other.peer.frames.length === 1)
      expect(heard.drained.filter((one) => one.socket === other.socket)).toEqual([])
      peer.read()
      await until(() => peer.frames.length === sent)
      expect(peer.frames.map((frame) => Number.parseInt(frame, 10))).toEqual(Array.from({ length: sent }, (_, n) => n))
      await until(() => heard.drained.at(-1)?.bytes === 0)
      expect(socket.send('x')).toBe(0)
    })

    it('a frame of 64 KiB is taken, and one somewhat larger too, so that it can be answered', async () => {
      const { peer } = await pair()
      for (const length of [65_536, 70_000]) peer.send('x'.repeat(length))
      await until(() => heard.received.length === 2)
      expect(heard.received.map(({ frame }) => frame.length)).toEqual([65_536, 70_000])
    })

    it('after close nobody enters, and whoever was there is closed', async () => {
      const { peer } = await pair()
      await listening.close()
      await peer.closed
      await expect(subject.connect(listening.port)).rejects.toThrow()
      await until(() => heard.closed.length === 1)
    })
  })
}
