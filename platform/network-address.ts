import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net'

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/
const NETWORK_GROUPS = 4

/** One spelling for each address; IPv4 also where it comes wrapped in IPv6. What is no address stays as it is. */
const canonical = (address: string): string => {
  const bare = address.trim().split('%', 1)[0] ?? ''
  if (isIP(bare) !== 6) return bare
  const spelled = new SocketAddress({ address: bare, family: 'ipv6' }).address
  return mapped.exec(spelled)?.[1] ?? spelled
}

/** Whom an address stands for: IPv4 by itself, IPv6 by its /64, all of which one subscriber has. */
export const addressKey = (address: string): string => {
  const one = canonical(address)
  if (isIP(one) !== 6) return one
  const [head = '', tail] = one.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole = tail === undefined ? groups : [...groups, ...Array.from({ length: 8 - groups.length - rest.length }, () => '0'), ...rest]
  return `${whole.slice(0, NETWORK_GROUPS).join(':')}::/64`
}

const widthOf = (network: string): number => (isIPv4(network) ? 32 : 128)

/** An address, or a network as `address/bits`. */
export const isNetwork = (text: string): boolean => {
  const [network = '', bits, more] = text.split('/')
  return isIP(network) !== 0 && more === undefined && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widthOf(network)))
}

export type IsTrusted = (address: string) => boolean

/** Whether an address lies in one of the networks, each as `isNetwork` says. */
export const inNetworks = (networks: ReadonlyArray<string>): IsTrusted => {
  const list = new BlockList()
  for (const text of networks) {
    const [network = '', bits] = text.split('/')
    list.addSubnet(network, bits === undefined ? widthOf(network) : Number(bits), isIPv4(network) ? 'ipv4' : 'ipv6')
  }
  return (address) => {
    const one = canonical(address)
    return isIP(one) !== 0 && list.check(one, isIPv4(one) ? 'ipv4' : 'ipv6')
  }
}

/**
 * Who is at the other end: the socket's address, or behind trusted proxies the last address of `X-Forwarded-For` that is not
 * one of them. What stands further left anybody may have written.
 */
export const clientAddress = (remote: string, forwardedFor: string, isTrusted: IsTrusted): string => {
  const hops = forwardedFor.split(',').map((hop) => hop.trim()).filter((hop) => isIP(hop) !== 0)
  let address = remote
  while (isTrusted(address)) {
    const before = hops.pop()
    if (before === undefined) return address
    address = before
  }
  return address
}
