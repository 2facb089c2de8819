import { describe, expect, it } from 'vitest'
import { addressKey, clientAddress, inNetworks, isNetwork } from './network-address.js'

describe('whom an address stands for', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['0000:0000:0000:0000:0000:ffff:c000:0207', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
    ['unix', 'unix'],
  ])('%s is counted as %s', (address, key) => expect(addressKey(address)).toBe(key))
})

describe('trusted proxies', () => {
  it('are addresses or networks', () => {
    for (const text of ['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8', '0.0.0.0/0']) expect(isNetwork(text)).toBe(true)
    for (const text of ['', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', 'localhost', '10.0.0', '10.0.0.0/-1', '10.0.0.0/x']) expect(isNetwork(text)).toBe(false)
  })

  const isTrusted = inNetworks(['127.0.0.1', '10.0.0.0/8', 'fd00::/8'])

  it('X-Forwarded-For counts only from them, and only up to the first that is none', () => {
    expect(clientAddress('192.0.2.7', '198.51.100.1', isTrusted)).toBe('192.0.2.7')
    expect(clientAddress('127.0.0.1', '198.51.100.1', isTrusted)).toBe('198.51.100.1')
    expect(clientAddress('::ffff:10.1.2.3', '203.0.113.9, 198.51.100.1, 10.0.0.9', isTrusted)).toBe('198.51.100.1')
    expect(clientAddress('fd00::2', '2001:db8::5', isTrusted)).toBe('2001:db8::5')
  })

  it('what is no address is passed over, and without any the proxy itself is counted', () => {
    expect(clientAddress('127.0.0.1', '198.51.100.1, nonsense', isTrusted)).toBe('198.51.100.1')
    for (const forwarded of ['', 'unknown', '10.0.0.1, 127.0.0.1']) expect(isTrusted(clientAddress('127.0.0.1', forwarded, isTrusted))).toBe(true)
  })

  it('without any, nobody is believed', () => expect(clientAddress('127.0.0.1', '198.51.100.1', inNetworks([]))).toBe('127.0.0.1'))
})
