/** Milliseconds since 1970. The only way product code asks for the time, so that tests can hold it. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
