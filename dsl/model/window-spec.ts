/** Windows as plain data; all times in ms. */

interface Closing {
  /** How long after its end a window still takes records, in stream time. */
  readonly grace: number
  /** `updates`: each change goes on · `final`: one result, when the window is closed (Kafka Streams' EmitStrategy). */
  readonly emit: 'updates' | 'final'
  /** Changes of one key are put together for so long by the wall clock, ms; undefined: each goes on. */
  readonly every: number | undefined
  /** Wall-clock time without input after which windows are closed all the same; undefined: never. */
  readonly closeAfter: number | undefined
}

export type WindowSpec = Closing &
  (
    | { readonly kind: 'time'; readonly size: number; readonly advance: number }
    | { readonly kind: 'sliding'; readonly difference: number }
    | { readonly kind: 'session'; readonly gap: number }
  )

/** How long a window is, or a session's gap. */
function lengthOf(window: WindowSpec): number {
  switch (window.kind) {
    case 'time':
      return window.size
    case 'sliding':
      return window.difference
    case 'session':
      return window.gap
  }
}

/** A closed session may become part of an open one, by late records between them: so long it is kept. */
const CLOSED_SESSIONS_MS = 5 * 60_000

/**
 * How much longer windows are kept than they take records of one input. The inputs of a cogroup have a stream time each:
 * so far may one be behind the furthest before the windows that it still takes records for are forgotten.
 */
export function allowedLag(window: WindowSpec, inputs: number): number {
  const lag = inputs < 2 ? 0 : Math.max(60_000, lengthOf(window) + window.grace)
  return window.kind === 'session' ? Math.max(lag, CLOSED_SESSIONS_MS - window.gap) : lag
}
