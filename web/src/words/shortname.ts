//! Institution names for narrow places. The whole name is always in the tip beside it.

/** `澄江区第一人民医院` → `第一人民医院`, `康宁社区卫生服务中心` → `康宁社区`, `… Community Health Centre` → `… CHC`. */
export function shortName(name: string): string {
  return name
    .replace(/^[\p{Script=Han}]{2,3}?(?<!社)[区县市](?=[\p{Script=Han}]{4,})/u, "")
    .replace(/(?<=社区|街道|乡|镇)卫生(服务中心|院)$/u, "")
    .replace(/^(?!Community)\S+ (?=First|Second|Third|People)/i, "")
    .replace(/ Community Health (Centre|Center)$/i, " CHC");
}
