/**
 * Values to and from JSON as people want to read and write it, for `produce` and `tail`. Not Avro's own JSON encoding:
 * unions are bare unless they are ambiguous, as values or as JSON (then `{"ns.Name": …}`), and
 *
 * | value                                  | printed                                | read besides                     |
 * |----------------------------------------|----------------------------------------|----------------------------------|
 * | bytes, fixed                           | base64 text                            |                                  |
 * | timestamps (not the local ones), dates | ISO 8601 text                          | the number                       |
 * | times of day                           | "12:30:00.123"                         | the number                       |
 * | decimal                                | "12.30"                                | a number without lost digits     |
 * | NaN, Infinity, -Infinity               | text                                   |                                  |
 * | long beyond 2^53 (bigint)              | text                                   | a number that is safe            |
 * | plain union                            | bare                                   | {"string": "x"}, as Avro has it  |
 *
 * Reading: a missing field takes its default, an unknown field is an error (a typing mistake more often than not).
 */
import { toJson } from './json-print.js'
import { fromJson } from './json-read.js'

export { fromJson, toJson }
