import { expect, test } from 'vitest'
import { mirText } from '../../../compiler/explain/mir-text.js'
import type { MirLocal, MirProgram, MirStatement } from '../../../compiler/ir/mir.js'
import { expression, letStatement, literal, local, member, statement } from '../../../compiler/ir/mir-build.js'

const value = expression({ kind: 'input', part: 'value' })
const variable: MirLocal = { id: 4, name: 'total', mutable: true }

function printed(body: readonly MirStatement[], subroutine: readonly MirStatement[] = []): string {
  const program: MirProgram = {
    functions: [
      {
        subTopology: 0,
        input: 1,
        locals: new Map([[variable.id, variable]]),
        timestamp: undefined,
        body,
        subroutines: subroutine.length === 0 ? [] : [{ name: 'merge', parameters: [4], body: subroutine }],
      },
    ],
    constants: [],
    links: [],
    opaques: [],
  }
  return mirText(program)
}

test('statements, nested functions and operands in parentheses', () => {
  const sum = expression({ kind: 'binary', operator: '+', left: local(4), right: literal(-0) })
  const callback = expression({
    kind: 'function',
    parameters: [4],
    body: [statement({ kind: 'expression', value: sum }), statement({ kind: 'return', value: sum })],
  })
  const body = [
    letStatement(4, undefined),
    statement({
      kind: 'for-of',
      local: 4,
      iterable: member(value, 'items'),
      body: [
        statement({
          kind: 'if',
          test: expression({ kind: 'unary', operator: '!', operand: sum }),
          then: [statement({ kind: 'break', label: undefined })],
          otherwise: [statement({ kind: 'continue' })],
        }),
      ],
    }),
    statement({
      kind: 'expression',
      value: expression({
        kind: 'call',
        callee: member(value, 'map'),
        args: [{ kind: 'value', value: callback }],
        optional: false,
      }),
    }),
  ]
  expect(printed(body)).toMatchInlineSnapshot(`
    "sub-topology 0, input 1 {
      let total$4
      for (total$4 of value.items) {
        if (!(total$4 + -0)) {
          break
        }
        else {
          continue
        }
      }
      value.map((total$4) => {
        total$4 + -0
        return total$4 + -0
      })
    }"
  `)
})

test('subroutines follow the body that invokes them', () => {
  const invoke = statement({ kind: 'invoke', subroutine: 0, args: [value] })
  const text = printed([invoke], [statement({ kind: 'throw', value: literal('x') })])
  expect(text).toMatchInlineSnapshot(`
    "sub-topology 0, input 1 {
      invoke subroutine 0: value
      subroutine 0, merge(total$4) {
        throw "x"
      }
    }"
  `)
})
