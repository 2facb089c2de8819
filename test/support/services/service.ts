export type ServiceName = 'postgres' | 'kafka' | 'redis' | 'elasticsearch'

/** How a real service was had: a server named by the environment, a container, or programs run on this machine. */
export type Source = 'url' | 'docker' | 'native'

export interface AvailableService {
  readonly available: true
  readonly name: ServiceName
  readonly source: Source
  /** A connection URL; for Kafka a comma-separated list of `host:port`. */
  readonly url: string
}

export interface UnavailableService { readonly available: false; readonly name: ServiceName; readonly reason: string }

export type Service = AvailableService | UnavailableService

/** A started service. `stop` leaves no process and no file behind; idempotent. */
export interface Running { readonly url: string; readonly stop: () => Promise<void> }

/** A service that this machine's test can break. The address stays the same over kill and restart; unsaved data is lost. */
export interface Breakable extends Running {
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<void>
  /** Starts it again on the same address and folder; resolves when it answers. */
  readonly restart: () => Promise<void>
}

/** One kind of service: adding another is one such record and its name above. */
export interface ServiceDefinition {
  readonly environmentVariable: string
  readonly docker: () => Promise<Running>
  /** Rejects with a sentence that says what is missing on this machine. */
  readonly native: () => Promise<Running>
  /** Resolves when the server answers a real command. */
  readonly check: (url: string) => Promise<void>
}

/** Where the processes of a test run find the one that starts services. */
export const HOST_VARIABLE = 'TIDINGS_TEST_SERVICES'
