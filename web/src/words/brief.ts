//! Laboratory names for narrow places. The specimen stays unless it is blood, which goes without saying.

/** `Cholesterol [Moles/volume] in Serum or Plasma` → `Cholesterol`; `Glucose [Moles/volume] in Urine` → `Glucose in Urine`. */
export function briefName(name: string): string {
  return (
    name
      .replace(/\s*\[[^\]]*\]/g, "")
      .replace(/ in (Serum, Plasma or Blood|Serum or Plasma|Serum|Plasma|Blood|Red Blood Cells)(?=$| by )/, "")
      .replace(/ by (Automated count|Calculation|Pulse oximetry)$/i, "")
      .replace(/\/[A-Z]\w*\.total$/, "")
      .trim() || name
  );
}
