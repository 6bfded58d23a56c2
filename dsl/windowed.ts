/** Keys of windowed tables. */

/** `time`: tumbling and hopping. Time windows hold [start, end); sliding and session windows [start, end]. */
export type WindowKind = 'time' | 'sliding' | 'session'

/** A key, and the window that its value is about; `start` and `end` in ms since the epoch. */
export interface Windowed<out K, out W extends WindowKind = WindowKind> {
  readonly key: K
  readonly start: number
  readonly end: number
  /** Of the type only: which windows these are. */
  readonly kind?: W
}
