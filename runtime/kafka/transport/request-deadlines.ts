import type { RequestQueue } from './kafkajs-seams.js'

export interface RequestDeadlines {
  /** A request was sent that waits for its answer this long. */
  readonly sent: (timeoutMs: number) => void
  readonly clear: () => void
}

/**
 * Time-outs of the requests of one connection, by one timer for the earliest. kafkajs looks through the requests of each
 * connection ten times a second: most of what an idle process does.
 */
export function watchDeadlines({ inflight }: RequestQueue): RequestDeadlines {
  let timer: NodeJS.Timeout | undefined
  let firesAt = Infinity
  const clear = (): void => {
    clearTimeout(timer)
    firesAt = Infinity
  }
  const watch = (deadline: number): void => {
    if (deadline >= firesAt) return
    clearTimeout(timer)
    firesAt = deadline
    timer = setTimeout(check, Math.max(0, deadline - Date.now()) + 1)
  }
  const check = (): void => {
    firesAt = Infinity
    const now = Date.now()
    for (const request of [...inflight.values()]) {
      const deadline = (request.sentAt ?? now) + request.requestTimeout
      if (deadline < now) request.timeoutRequest()
      else watch(deadline)
    }
  }
  return {
    sent: (timeoutMs) => {
      watch(Date.now() + timeoutMs)
    },
    clear,
  }
}
