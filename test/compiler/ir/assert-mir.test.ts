import { describe, expect, it } from 'vitest'
import { assertMir } from '../../../compiler/ir/assert-mir.js'
import { letStatement, literal, local, statement } from '../../../compiler/ir/mir-build.js'
import type { MirProgram, MirStatement } from '../../../compiler/ir/mir.js'

function program(body: readonly MirStatement[]): MirProgram {
  const locals = new Map([[0, { id: 0, name: 'amount', mutable: false }]])
  const fn = { subTopology: 0, input: 0, locals, timestamp: undefined, body, subroutines: [] }
  return { functions: [fn], constants: [], links: [], opaques: [] }
}

const use = (id: number) => statement({ kind: 'expression', value: local(id) })

describe('assertMir', () => {
  it('takes what is declared', () => {
    expect(() => assertMir(program([letStatement(0, literal(1)), use(0)]), 'lower')).not.toThrow()
  })

  it('tells the pass and what is wrong', () => {
    const failure = (body: readonly MirStatement[]) => () => assertMir(program(body), 'simplify')
    expect(failure([use(0)])).toThrow('simplify: input 0 of sub-topology 0: local 0 (amount) is used, but not declared')
    expect(failure([letStatement(0, literal(1)), use(7)])).toThrow('local 7 is not among the locals')
    expect(failure([statement({ kind: 'break', label: 3 })])).toThrow('a jump leaves block 3, which is not there')
  })
})
