/** Plain HTTP conversation with a registry. */
export interface Answer {
  readonly status: number
  readonly json: unknown
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>

export function caller(url: string, headers: Readonly<Record<string, string>> = {}): Call {
  return async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { 'Content-Type': 'application/vnd.schemaregistry.v1+json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) }
  }
}

/** The status and code of an error answer. */
export function errorOf({ status, json }: Answer): string {
  const code = typeof json === 'object' && json !== null && 'error_code' in json ? String(json.error_code) : 'none'
  return `${status} ${code}`
}
