interface CloseRow {
  readonly code: number
  readonly meaning: string
  /** What a client does: come back with its sync token, come back after signing in, or stay away. */
  readonly then: 'resume' | 'sign-in' | 'stop'
}

/** Why the gateway closes a socket. 4000-4099: resume; 4100-4199: sign in again; 4200-4299: stop. docs/protocol.md is held to it. */
export const closeCodes = {
  goingAway: { code: 4000, meaning: 'the gateway is being drained', then: 'resume' },
  slowConsumer: { code: 4001, meaning: 'more was waiting for this socket than its queue may hold', then: 'resume' },
  heartbeatMissed: { code: 4002, meaning: 'no frame for 75 seconds', then: 'resume' },
  behind: { code: 4003, meaning: 'the gateway lost its place and could not fill the hole', then: 'resume' },
  replaced: { code: 4200, meaning: 'the same device opened a newer session', then: 'stop' },
  tokenExpired: { code: 4100, meaning: 'the access token is expired or revoked', then: 'sign-in' },
  unauthenticated: { code: 4101, meaning: 'no valid access token in time', then: 'sign-in' },
  deviceRevoked: { code: 4201, meaning: 'the device is revoked or not registered', then: 'stop' },
  protocolError: { code: 4202, meaning: 'a frame that the protocol does not know', then: 'stop' },
  frameTooLarge: { code: 4203, meaning: 'a frame over 64 KiB', then: 'stop' },
  flooding: { code: 4004, meaning: 'more at once than a socket may have under way, or on and on beyond the rates', then: 'resume' },
} as const satisfies Record<string, CloseRow>

export type CloseReason = keyof typeof closeCodes
