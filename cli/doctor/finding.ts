/** What one check of `millrace doctor` found, and what to do about it. */
export interface Finding {
  readonly check: 'brokers' | 'topics' | 'permissions' | 'group' | 'registry' | 'clock'
  readonly status: 'ok' | 'warning' | 'failed'
  readonly message: string
  /** What to do; absent when all is well. */
  readonly fix?: string
}

type Check = Finding['check']

export const ok = (check: Check, message: string): Finding => ({ check, status: 'ok', message })

export const warning = (check: Check, message: string, fix: string): Finding => ({
  check,
  status: 'warning',
  message,
  fix,
})

export const failed = (check: Check, message: string, fix: string): Finding => ({
  check,
  status: 'failed',
  message,
  fix,
})

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
