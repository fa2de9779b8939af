// SPDX-License-Identifier: Apache-2.0
import { card, element } from "./dom.ts";
import { renderFile } from "./file-page.ts";
import { failureCard } from "./parts.ts";
import { canCheckSignatures } from "./port.ts";
import { renderProject } from "./project-page.ts";
import { type PageRoute, parseRoute } from "./route.ts";

/** An element that replaces what it shows by the evidence for what the page's address names. */
abstract class EvidenceElement extends HTMLElement {
  connectedCallback(): void {
    void this.#render().then(
      (parts) => this.replaceChildren(...parts),
      (error: unknown) => this.replaceChildren(failureCard(error)),
    );
  }

  protected abstract renderRoute(route: PageRoute, now: number): Promise<readonly HTMLElement[]>;

  async #render(): Promise<readonly HTMLElement[]> {
    if (!canCheckSignatures()) {
      const sentence = "Browsers let a page check signatures only over HTTPS, or on the machine itself.";
      return [card("warn", "Cannot check", element("p", null, sentence))];
    }
    const route = parseRoute(location.pathname);
    if (route === null) {
      return [card("warn", "Not found", element("p", null, "This address names no project."))];
    }
    document.title = `${route.filename ?? route.project} · Countermark`;
    return await this.renderRoute(route, Math.floor(Date.now() / 1000));
  }
}

class ProjectElement extends EvidenceElement {
  protected override renderRoute(route: PageRoute, now: number): Promise<readonly HTMLElement[]> {
    return renderProject(route.project, now);
  }
}

class FileElement extends EvidenceElement {
  protected override renderRoute(route: PageRoute, now: number): Promise<readonly HTMLElement[]> {
    const { project, filename } = route;
    return filename === null ? renderProject(project, now) : renderFile(project, filename, now);
  }
}

customElements.define("countermark-project", ProjectElement);
customElements.define("countermark-file", FileElement);
