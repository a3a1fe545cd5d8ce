// SPDX-License-Identifier: Apache-2.0
import Foundation
import NetworkModel
import Reporting
import TestSupport
import Testing

@Suite("A map of the instance")
struct MapTests {
  @Test("looks as it did, in text and in SVG", arguments: MapScenario.all)
  func goldens(_ scenario: MapScenario) throws {
    let map = InstanceMap(try scenario.view())
    let text = map.text(width: 80, .plain)
    #expect(try GoldenFile("\(scenario.name).txt").difference(from: text) == nil)
    #expect(try GoldenFile("\(scenario.name).svg").difference(from: map.svg) == nil)
  }

  @Test("is never wider than the terminal", arguments: MapScenario.all)
  func width(_ scenario: MapScenario) throws {
    let map = InstanceMap(try scenario.view())
    for width in [1, 32, 33, 40, 60, 78, 79, 80, 81, 99, 100, 250] {
      let widest = map.text(width: width, .plain).split(separator: "\n").map(\.count).max() ?? 0
      #expect(widest <= min(max(width, 32), 100), "\(width) columns")
    }
  }

  @Test("means the same without colours", arguments: MapScenario.all)
  func colours(_ scenario: MapScenario) throws {
    let map = InstanceMap(try scenario.view())
    let coloured = map.text(width: 80, .coloured)
    #expect(coloured.contains("\u{1B}[31m") == map.text(width: 80, .plain).contains("┏"))
    #expect(coloured.replacing(/\x{1B}\[[0-9]+m/, with: "") == map.text(width: 80, .plain))
  }

  @Test("has every address and Elastic IP in SVG", arguments: MapScenario.all)
  func completeness(_ scenario: MapScenario) throws {
    let view = try scenario.view()
    let texts = try SVGReading(InstanceMap(view).svg).texts
    for eni in view.enis {
      for address in eni.addresses { #expect(texts.contains(address.description)) }
      for prefix in eni.delegatedPrefixes { #expect(texts.contains(prefix.description)) }
      for outer in eni.elasticIPs.values { #expect(texts.contains(outer.description)) }
      #expect(texts.contains(eni.id?.text ?? eni.mac.description))
    }
  }

  @Test("is XML that brings nothing along and asks for nothing", arguments: MapScenario.all)
  func selfContainment(_ scenario: MapScenario) throws {
    let svg = InstanceMap(try scenario.view()).svg
    let reading = try SVGReading(svg)
    #expect(reading.elements == ["svg", "title", "desc", "rect", "line", "g", "text"])
    for word in ["href", "url(", "@import", "<!"] {
      #expect(!svg.contains(word), "\(word)")
    }
    #expect(reading.attributes.allSatisfy { !$0.hasPrefix("on") })
  }

  @Test("shortens what is long in text, and says by how much")
  func shortening() throws {
    var scenario = MapScenario.fine
    let addresses = (10..<60).map { "10.0.1.\($0)" }
    scenario.interfaces[1] = Fixture.interface(
      1,
      device: 1,
      ipv4: ("10.0.1.0/24", addresses, [])
    )
    scenario.elasticIPs = [:]
    scenario.damage = { kernel in kernel.rules.removeAll { $0.source?.isHost ?? false } }
    let text = InstanceMap(try scenario.view()).text(width: 80, .plain)
    #expect(text.contains("and 47 more: see `eni-init plan`"))
    scenario.damage = { _ in }
    let healthy = InstanceMap(try scenario.view()).text(width: 80, .plain)
    #expect(healthy.contains("and 41 more "))
  }

  @Test("says where a reply goes whose table has no default route")
  func emptyTable() throws {
    var scenario = MapScenario.fine
    scenario.damage = { kernel in
      kernel.routes.removeAll { $0.route.table != .main && $0.route.destination.isDefault }
    }
    let text = InstanceMap(try scenario.view()).text(width: 80, .plain)
    #expect(text.contains("10.0.1.11/32 ! leaves by ens5"))
    #expect(text.contains("10.0.1.16/28 ! leaves by ens5"))
    scenario.damage = { kernel in kernel.routes = [] }
    let lost = InstanceMap(try scenario.view()).text(width: 80, .plain)
    #expect(lost.contains("10.0.0.10/24 ↔ 198.51.100.20 ! no way out"))
  }

  @Test("takes a tunnel for the primary's replies as a decision")
  func tunnel() throws {
    var scenario = MapScenario.fine
    let index = try #require(Link.Index(9))
    let name = try #require(InterfaceName("wg0"))
    scenario.damage = { kernel in
      kernel.links.append(Link(index: index, name: name, address: nil, isUp: true))
      let route = Route(destination: .all(.ipv4), table: .main, protocol: .static)
      kernel.routes.append(.init(link: index, route: route))
    }
    let text = InstanceMap(try scenario.view()).text(width: 80, .plain)
    #expect(text.contains("10.0.0.10/24 ↔ 198.51.100.20 leaves by wg0"))
    #expect(!text.contains("┏"))
  }
}
