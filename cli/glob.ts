/** Patterns of paths: `*` and `?` within a folder, `**` across folders, `{a,b}` either. */
export function matchesGlob(path: string, pattern: string): boolean {
  return globExpression(pattern).test(path)
}

export function isGlob(pattern: string): boolean {
  return /[*?{]/.test(pattern)
}

function globExpression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|\{[^}]*\}|[.+^$()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('{')) return `(?:${part.slice(1, -1).split(',').map(escaped).join('|')})`
    return escaped(part)
  })
  return new RegExp(`^${source}$`)
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
