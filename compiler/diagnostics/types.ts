/** MR1003–1010: types of topics and their schemas. */
import type { Span } from '../ir/span.js'
import type { Diagnostic } from './diagnostic.js'
import { make } from './make.js'

export interface UnknownSubject {
  readonly topic: string
  readonly subject: string
  /** A subject of the lock that is spelt nearly so. */
  readonly similar: string | undefined
  readonly locked: number
}

export function unknownSubject(
  { topic, subject, similar, locked }: UnknownSubject,
  span: Span | undefined,
): Diagnostic {
  const meant = similar === undefined ? '' : ` Did you mean '${similar}'?`
  return make(
    'MR1003',
    span,
    `topic '${topic}': subject '${subject}' is not in the schema lock (${locked} subjects).${meant}`,
    {
      help: "run `millrace schema pull`, or give the topic a serde: topic('…', { value: avro<T>() })",
    },
  )
}

export function noAvroForm(path: string, reason: string, span: Span | undefined): Diagnostic {
  return make('MR1004', span, `${path}: ${reason}`, { help: 'map the value to plain data first' })
}

export function openType(path: string, parameter: string, span: Span | undefined): Diagnostic {
  return make('MR1005', span, `${path}: type parameter '${parameter}' is not known here`, {
    help: 'declare the topic where the type is known, and pass it to the generic helper',
  })
}

export function noJsonForm(path: string, reason: string, span: Span | undefined): Diagnostic {
  return make('MR1011', span, `${path}: ${reason}`, {
    help: 'use bigint or number for all numbers of the field, in an object, an array or a map',
  })
}

export function anonymousUnion(path: string, span: Span | undefined): Diagnostic {
  return make('MR1006', span, `${path}: a union of objects without names has no stable Avro form`, {
    help: 'declare an interface for each of them',
  })
}

export function literalsAsString(path: string, literal: string, span: Span | undefined): Diagnostic {
  return make(
    'MR1007',
    span,
    `${path}: ${JSON.stringify(literal)} is no Avro symbol, so the field is a string, not an enum`,
  )
}

export function doesNotFit(subject: string, path: string, reason: string, span: Span | undefined): Diagnostic {
  return make('MR1008', span, `${path} does not fit subject '${subject}': ${reason}`)
}

export function declaredTypeDiffers(subject: string, path: string, reason: string, span: Span | undefined): Diagnostic {
  return make('MR1009', span, `${path}: the declared type does not fit subject '${subject}': ${reason}`, {
    help: 'leave the type out, it comes from the lock; or read the fields that the schema has',
  })
}

export function inferredDouble(path: string, span: Span | undefined): Diagnostic {
  return make('MR1010', span, `${path}: the type is number, so the schema says double`, {
    help: 'declare Int or Long of millrace/types, use int(x) or long(x), or Double if a double is meant',
  })
}
