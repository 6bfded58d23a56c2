/** Places of the author's modules that the quoted code names by number. */
import type { ts } from 'ts-morph'

export class Sites {
  readonly #nodes: ts.Node[] = []

  add(node: ts.Node): number {
    return this.#nodes.push(node) - 1
  }

  get(site: number | undefined): ts.Node | undefined {
    return site === undefined ? undefined : this.#nodes[site]
  }
}
