/** Windows as plain data; all times in ms. */

interface Closing {
  /** How long after its end a window still takes records, in stream time. */
  readonly grace: number
  /** `updates`: each change goes on · `final`: one result, when the window is closed (Kafka Streams' EmitStrategy). */
  readonly emit: 'updates' | 'final'
  /** Wall-clock time without input after which windows are closed all the same; undefined: never. */
  readonly closeAfter: number | undefined
}

export type WindowSpec = Closing &
  (
    | { readonly kind: 'time'; readonly size: number; readonly advance: number }
    | { readonly kind: 'sliding'; readonly difference: number }
    | { readonly kind: 'session'; readonly gap: number }
  )
