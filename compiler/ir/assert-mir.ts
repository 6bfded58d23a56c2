/**
 * Verifies a program between the passes that make and change it: what a pass forgot (a local without declaration, a jump
 * to a block that is gone) is found here, with its name, and not as wrong code.
 */
import type { LabelId, MirFunction, MirLocalId, MirProgram } from './mir.js'
import { visitBody } from './mir-visit.js'

export function assertMir(program: MirProgram, pass: string): void {
  for (const fn of program.functions) {
    const check = new FunctionCheck(program, fn, `${pass}: input ${fn.input} of sub-topology ${fn.subTopology}`)
    check.run()
  }
}

class FunctionCheck {
  readonly #declared = new Set<MirLocalId>()
  readonly #used = new Set<MirLocalId>()
  readonly #labels = new Set<LabelId>()
  readonly #jumps = new Set<LabelId>()

  constructor(
    private readonly program: MirProgram,
    private readonly fn: MirFunction,
    private readonly where: string,
  ) {}

  run(): void {
    const { body, timestamp, subroutines, locals } = this.fn
    this.#visit(body)
    if (timestamp !== undefined) {
      this.#visit([...timestamp.body, { kind: 'expression', value: timestamp.result, span: undefined }])
    }
    for (const subroutine of subroutines) {
      for (const parameter of subroutine.parameters) this.#declared.add(parameter)
      this.#visit(subroutine.body)
    }
    for (const local of this.#used) {
      const name = locals.get(local)?.name
      if (name === undefined) this.#fail(`local ${local} is not among the locals`)
      if (!this.#declared.has(local)) this.#fail(`local ${local} (${name}) is used, but not declared`)
    }
    for (const label of this.#jumps) {
      if (!this.#labels.has(label)) this.#fail(`a jump leaves block ${label}, which is not there`)
    }
  }

  #visit(body: MirFunction['body']): void {
    visitBody(body, {
      statement: (node) => {
        if (node.kind === 'let' || node.kind === 'for-of') this.#declared.add(node.local)
        else if (node.kind === 'assign') this.#used.add(node.local)
        else if (node.kind === 'block' && node.label !== undefined) this.#labels.add(node.label)
        else if (node.kind === 'break' && node.label !== undefined) this.#jumps.add(node.label)
      },
      expression: (node) => {
        if (node.kind === 'local') this.#used.add(node.local)
        else if (node.kind === 'function') for (const parameter of node.parameters) this.#declared.add(parameter)
        else if (node.kind === 'constant') this.#within(node.constant, this.program.constants, 'constant')
        else if (node.kind === 'link') this.#within(node.link, this.program.links, 'link')
        else if (node.kind === 'apply') this.#within(node.opaque, this.program.opaques, 'function')
      },
    })
  }

  #within(index: number, list: readonly unknown[], what: string): void {
    if (list[index] === undefined) this.#fail(`${what} ${index} is not there`)
  }

  #fail(problem: string): never {
    throw new Error(`${this.where}: ${problem}`)
  }
}
