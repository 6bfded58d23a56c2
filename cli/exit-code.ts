/** 0: done · 1: the work failed (diagnostics, a refused schema, a stale build) · 2: the command line or the configuration is wrong. */
export const ExitCode = { Ok: 0, Failed: 1, Usage: 2 } as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
