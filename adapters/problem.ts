/** What went wrong and is being tried again or left out; for the log and metrics of the process. Must not throw. */
export type OnProblem = (problem: { readonly where: 'relay' | 'feed' | 'fan-out' | 'privacy-cache' | 'story-cache' | 'rate-limits'; readonly doing: string; readonly error: unknown }) => void

export const ignoreProblem: OnProblem = () => undefined
