/**
 * Subjects of the schema registry with their TypeScript types. `millrace schema pull` fills it from the schema lock:
 * `generated/schemas.ts` augments this interface, so that `topic('orders')` knows what it carries.
 *
 * @example
 * ```ts
 * declare module 'millrace' {
 *   interface Subjects {
 *     'orders-value': Order
 *   }
 * }
 * ```
 */
// The interface is empty on purpose: it is filled by declaration merging.
export interface Subjects {}

/** Topics whose value subject (`<topic>-value`) is in the schema lock. */
export type TopicName = { [S in keyof Subjects]: S extends `${infer Name}-value` ? Name : never }[keyof Subjects]

/** Type of a subject, or `Fallback` when the lock does not have it. */
export type SubjectOf<S extends string, Fallback> = S extends keyof Subjects ? Subjects[S] : Fallback

/** Key of a topic by the lock: subject `<topic>-key`; else a string, or null: Kafka does not ask for a key. */
export type KeyOf<Name extends string> = SubjectOf<`${Name}-key`, string | null>

/** Value of a topic by the lock: subject `<topic>-value`. */
export type ValueOf<Name extends string> = SubjectOf<`${Name}-value`, never>
