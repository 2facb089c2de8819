import { hkdfSync } from 'node:crypto'

const DERIVED_BYTES = 32

/** HKDF-SHA-256 of a keyring's root secret for one purpose (RFC 5869), 32 bytes. */
export const derivedKey = (root: Uint8Array, purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', root, '', `tidings/${purpose}`, DERIVED_BYTES))
