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

/**
 * The inputs of a cogroup have a stream time each: so far may one be behind the furthest before the windows that it
 * still takes records for are forgotten.
 */
export function allowedLag(window: WindowSpec, inputs: number): number {
  return inputs < 2 ? 0 : Math.max(60_000, lengthOf(window) + window.grace)
}
