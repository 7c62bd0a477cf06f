// Draws the figures that the server made: data-chart holds their JSON.
// Colours are names of our tokens, so a chart follows the theme. A click on a point
// goes to the address in its customdata; the table beside the chart has the same links.
// data-newest-first turns the weeks around where only the first of them are in view.
const root = document.documentElement;
const narrow = matchMedia("(max-width: 767.98px)");
const OPTIONS = { displayModeBar: false, responsive: true };

function filledIn(value, styles) {
  if (Array.isArray(value)) return value.map((each) => filledIn(each, styles));
  if (value && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, filledIn(each, styles)]),
    );
  }
  const token = typeof value === "string" && /^var\((--[\w-]+)\)$/.exec(value);
  return token ? styles.getPropertyValue(token[1]).trim() : value;
}

function draw(chart) {
  const styles = getComputedStyle(root);
  const { data, layout } = filledIn(JSON.parse(chart.dataset.chart), styles);
  layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)";
  if (narrow.matches && "newestFirst" in chart.dataset) layout.xaxis.range.reverse();
  layout.font.family = getComputedStyle(document.body).fontFamily;
  const isNew = !chart.classList.contains("js-plotly-plot");
  window.Plotly.react(chart, data, layout, OPTIONS);
  if (isNew) chart.on("plotly_click", follow);
}

function follow(event) {
  const address = event.points[0]?.customdata;
  if (typeof address === "string" && /^\/(?!\/)/.test(address)) location.assign(address);
}

function drawAll() {
  document.querySelectorAll("[data-chart]").forEach(draw);
}

let before = null;
function print(isPrinting) {
  // On paper everything is light.
  if (isPrinting) before ??= root.dataset.bsTheme;
  root.dataset.bsTheme = isPrinting ? "light" : before;
  if (!isPrinting) before = null;
  drawAll();
}

new MutationObserver(drawAll).observe(root, { attributeFilter: ["data-bs-theme"] });
document.addEventListener("htmx:afterSettle", drawAll);
narrow.addEventListener("change", drawAll);
window.addEventListener("beforeprint", () => print(true));
window.addEventListener("afterprint", () => print(false));
drawAll();
