import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from '../fast-check.js'
import ts from 'typescript'
import { describe, expect, test, vi } from 'vitest'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import type { JsonValue } from '../../avro/schema.js'
import { generateTypes, stringLiteral, type TypedSubject } from '../../avro/typescript.js'
import type { LongMode } from '../../avro/union-shape.js'
import { arbitraryDatum } from './arbitrary-schema.js'

// Many cases, on machines that do other work beside: the time limit is for hangs only.
vi.setConfig({ testTimeout: 60_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))

function subject(name: string, json: JsonValue, long: LongMode = 'number'): TypedSubject {
  return { subject: name, schema: parseSchemaOrThrow(JSON.stringify(json)), long }
}

const record = (name: string, ...fields: JsonValue[]): JsonValue => ({ type: 'record', name, fields })
const field = (name: string, type: JsonValue, more: object = {}): JsonValue => ({ name, type, ...more })

const everything = record(
  'shop.Order',
  field('id', 'string', { doc: 'Unique.' }),
  field('qty', 'int'),
  field('total', 'long'),
  field('weight', 'float'),
  field('ratio', 'double'),
  field('paid', 'boolean'),
  field('raw', 'bytes'),
  field('hash', { type: 'fixed', name: 'Hash', size: 16 }),
  field('status', { type: 'enum', name: 'Status', doc: 'Where it is.', symbols: ['NEW', 'PAID'] }),
  field('at', { type: 'long', logicalType: 'timestamp-millis' }),
  field('exactly', { type: 'long', logicalType: 'timestamp-micros' }),
  field('local', { type: 'long', logicalType: 'local-timestamp-millis' }),
  field('day', { type: 'int', logicalType: 'date' }),
  field('time', { type: 'int', logicalType: 'time-millis' }),
  field('timeMicros', { type: 'long', logicalType: 'time-micros' }),
  field('price', { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }),
  field('key', { type: 'string', logicalType: 'uuid' }),
  field('coupon', ['null', 'string'], { doc: 'None, or\none of ours.' }),
  field('tags', { type: 'array', items: ['null', 'string'] }),
  field('matrix', { type: 'array', items: { type: 'array', items: 'double' } }),
  field('attributes', { type: 'map', values: 'long' }),
  field('either', ['string', 'boolean', { type: 'array', items: 'int' }]),
  field('number', ['null', 'int', 'long']),
  field('parent', ['null', 'Order']),
)

test('every type', async () => {
  const text = generateTypes([{ ...subject('orders-value', everything), version: 3 }], 'schemas.lock.json')
  await expect(text).toMatchFileSnapshot('typescript.golden.txt')
})

test('longs as bigint', () => {
  const text = generateTypes([subject('a', everything, 'bigint')], 'x')
  expect(text).toContain('readonly total: bigint')
  expect(text).toContain('readonly exactly: bigint')
  expect(text).toContain('readonly at: Date')
  expect(text).toContain('readonly number: Int | bigint | null')
})

describe('names', () => {
  const one = (name: string, type: JsonValue = 'int'): JsonValue => record(name, field('x', type))
  const typeOf = (subjects: TypedSubject[], name: string) =>
    new RegExp(`'${name}': (\\w+)`).exec(generateTypes(subjects, 'x'))?.[1]

  test('the last segment; all that clash get their namespace; order does not matter', () => {
    const subjects = [
      subject('a', one('com.a.Order')),
      subject('b', one('com.b.Order', 'string')),
      subject('c', one('com.c.Customer')),
    ]
    expect(['a', 'b', 'c'].map((name) => typeOf(subjects, name))).toEqual(['AOrder', 'BOrder', 'Customer'])
    expect(generateTypes(subjects.toReversed(), 'x')).toBe(generateTypes(subjects, 'x'))
  })

  test('as many segments as are needed', () => {
    const subjects = [subject('a', one('x.shop.Order')), subject('b', one('y.shop.Order', 'string'))]
    expect([typeOf(subjects, 'a'), typeOf(subjects, 'b')]).toEqual(['XShopOrder', 'YShopOrder'])
  })

  test('one definition in two subjects is one type; two definitions of one name are told apart by subject', () => {
    const shared = [subject('a-value', one('n.Order')), subject('b-value', one('n.Order'))]
    expect([typeOf(shared, 'a-value'), typeOf(shared, 'b-value')]).toEqual(['Order', 'Order'])
    const different = [subject('a-value', one('n.Order')), subject('b-value', one('n.Order', 'string'))]
    expect(typeOf(different, 'a-value')).toBe('AValueNOrder')
    expect(typeOf(different, 'b-value')).toBe('BValueNOrder')
  })

  test('bigints make another type only where there are longs', () => {
    const mixed = [subject('a', one('n.Order', 'long')), subject('b', one('n.Order', 'long'), 'bigint')]
    expect([typeOf(mixed, 'a'), typeOf(mixed, 'b')]).toEqual(['ANOrder', 'BNOrder'])
    const same = [subject('a', one('n.Order')), subject('b', one('n.Order'), 'bigint')]
    expect(typeOf(same, 'b')).toBe('Order')
  })

  test('names of TypeScript are left alone', () => {
    expect(typeOf([subject('a', one('my.Date'))], 'a')).toBe('MyDate')
    expect(typeOf([subject('a-b', one('delete'))], 'a-b')).toBe('ABDelete')
  })

  test('a longer name that is taken', () => {
    const subjects = [
      subject('a', one('a.Order')),
      subject('b', one('b.Order', 'string')),
      subject('c', one('c.AOrder', 'double')),
    ]
    const names = ['a', 'b', 'c'].map((name) => typeOf(subjects, name))
    expect(new Set(names).size).toBe(3)
    expect(names[1]).toBe('BOrder')
  })
})

describe('text of schemas cannot leave its place', () => {
  const evil = `*/ ' " \` \${x} \u2028 \\ \r\n // */ export const y = 1 /*`

  test('docs and subjects', () => {
    const schema = { ...(record('R', field('x', 'int', { doc: evil })) as object), doc: evil }
    const text = generateTypes([subject(evil, schema), { ...subject('b', 'int') }], evil)
    const source = parseTs(text)
    expect(source.statements.map((statement) => ts.SyntaxKind[statement.kind])).toEqual([
      'ImportDeclaration',
      'InterfaceDeclaration',
      'ModuleDeclaration',
      'ExportDeclaration',
    ])
  })

  test('string literals', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const source = parseTs(`export type T = ${stringLiteral(value)}\n`)
        const [statement] = source.statements
        const type = statement !== undefined && ts.isTypeAliasDeclaration(statement) ? statement.type : undefined
        const literal = type !== undefined && ts.isLiteralTypeNode(type) ? type.literal : undefined
        expect(literal !== undefined && ts.isStringLiteral(literal) ? literal.text : undefined).toBe(value)
      }),
      { numRuns: 30 },
    )
  })

  function parseTs(text: string): ts.SourceFile {
    const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true })
    expect(diagnostics.map((diagnostic) => diagnostic.messageText)).toEqual([])
    return ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2023)
  }
})

test('the types compile, and Subjects of millrace has them', () => {
  const subjects = [subject('orders-value', everything), subject("it's-value", 'string')]
  const samples = fc.sample(arbitraryDatum(), { numRuns: 20, seed: 7 })
  samples.forEach(({ schema }, index) => subjects.push({ subject: `random${index}-value`, schema, long: 'bigint' }))
  const use = `
    import type { Subjects } from 'millrace'
    import './schemas.js'
    export const f = (order: Subjects['orders-value']): Date | undefined => order.parent?.at
    export const s: Subjects["it's-value"] = 'text'
    // @ts-expect-error readonly
    export const g = (order: Subjects['orders-value']) => { order.qty = 1 }
    // @ts-expect-error no such subject
    export type Missing = Subjects['missing']
  `
  const files = new Map([
    [`${root}virtual/schemas.ts`, generateTypes(subjects, 'x')],
    [`${root}virtual/use.ts`, use],
  ])
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
    skipLibCheck: true,
    noUnusedLocals: true,
    paths: { millrace: [`${root}dsl/index.ts`], 'millrace/types': [`${root}dsl/types.ts`] },
  }
  const host = ts.createCompilerHost(options)
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    directoryExists: () => true,
    fileExists: (name) => files.has(name) || host.fileExists(name),
    readFile: (name) => files.get(name) ?? host.readFile(name),
    getSourceFile: (name, target) => {
      const text = files.get(name) ?? (ts.sys.fileExists(name) ? readFileSync(name, 'utf8') : undefined)
      return text === undefined ? undefined : ts.createSourceFile(name, text, target)
    },
  })
  const virtual = [...files.keys()].flatMap((name) => [
    ...ts.getPreEmitDiagnostics(program, program.getSourceFile(name)),
  ])
  expect(virtual.map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))).toEqual([])
})
