/** The checked-in code of examples/flights, which `npm run generated:check` proves fresh: what fused code must look like. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const code = readFileSync(fileURLToPath(new URL('../../generated/flights/flights.js', import.meta.url)), 'utf8')
/** The function that does all work per record. */
const process0 = code.slice(code.indexOf('process0(buffer$'), code.indexOf('\nvar manifest'))
const imported = [...code.matchAll(/import \{([^}]*)\} from "millrace\/runtime"/g)].flatMap(([, names = '']) =>
  names.split(',').map((name) => name.trim()),
)

test('one function per input does the work of all operators', () => {
  expect(process0.length).toBeGreaterThan(10_000)
  const sinks = new Set([...process0.matchAll(/this\.sink(\d+)/g)].map(([, sink]) => sink))
  expect(sinks.size).toBe(10)
})

test('no lambda is called: all of them are understood, the helpers of other files too', () => {
  expect(process0).not.toMatch(/=>|\bfunction\b/)
  for (const name of ['minutesOfDay', 'departureInstant', 'nextInstant', 'offsetAt', 'summary', 'plan']) {
    expect(process0).not.toMatch(new RegExp(`\\b${name}\\(`))
  }
  // Calls of plain names are calls of the runtime's helpers.
  const called = new Set([...process0.matchAll(/(?<![.\w$])([a-z]\w*)\(/gi)].map(([, name = '']) => name))
  const words = ['if', 'while', 'switch', 'for', 'catch', 'process0', 'Date', 'Error', 'isDaylightSaving']
  expect([...called].filter((name) => !imported.includes(name) && !words.includes(name))).toEqual([])
})

test('only fields in use are read', () => {
  const fields = new Set([...process0.matchAll(/\b([a-zA-Z]+?)(?:Start)?\$f\d+/g)].map(([, name = '']) => name))
  expect([...fields].filter((name) => !/(End|Text)$/.test(name)).sort()).toEqual([
    'airTime',
    'arrTime',
    'carrier',
    'depTime',
    'dest',
    'distance',
    'flight',
    'key',
    'minute',
    'origin',
    'schedArrTime',
    'schedDepTime',
    'tailnum',
    'timeHour',
  ])
  expect(process0).not.toContain('reportedBy')
})
