import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { Reader, Writer } from '../../../../runtime/kafka/protocol/index.js'
import { fromJson, subjects } from './specs.js'
import type { Json } from './specs.js'

interface JavaCase {
  readonly message: string
  readonly version: number
  readonly json: Json
  readonly hex: string
}

const cases = JSON.parse(
  readFileSync(new URL('fixtures/java-messages.json', import.meta.url), 'utf8'),
) as readonly JavaCase[]

describe('bytes written by the Java classes of kafka-clients 4.3.1', () => {
  for (const { message, codec } of subjects) {
    it(message.name, () => {
      const own = cases.filter((one) => one.message === message.name)
      expect(own.length).toBeGreaterThan(0)
      for (const { version, json, hex } of own) {
        const value = fromJson(message, json)
        const writer = new Writer()
        codec.encode(version, value, writer)
        expect(writer.toBuffer().toString('hex'), `version ${version}`).toBe(hex)
        const reader = new Reader(Buffer.from(hex, 'hex'))
        expect(codec.decode(version, reader), `version ${version}`).toEqual(value)
        expect(reader.remaining).toBe(0)
      }
    })
  }

  it('cover every message', () => {
    expect(new Set(cases.map((one) => one.message))).toEqual(new Set(subjects.map(({ message }) => message.name)))
  })
})
