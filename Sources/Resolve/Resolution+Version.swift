import Definition
import Fetch
import Gather
import Reporting
import Values

extension Resolution {
    /// The profile at the version that the definition asks for.
    func release() throws(ResolveError) -> Release {
        let version = try version()
        guard let release = profile.release(version, definition.platform.architecture) else {
            preconditionFailure("a definition's architecture is one of its profile's")
        }
        if !release.isInRange {
            say(
                "the profile \(profile.name) was written for \(profile.versions.range), not for \(version)", .warning,
                at: definition.platform.versionLocation,
                next: "try the bundle out before it travels, or look for a newer sealift")
        }
        return release
    }

    private func version() throws(ResolveError) -> Version {
        let asked = definition.platform.version
        guard !profile.versions.isExact(asked) else { return Version(asked) }
        if let kept = pins.version(for: definition) { return kept }
        guard let (kind, url) = profile.channelSource(asked) else {
            throw .unknownChannel(asked, definition.platform.versionLocation, known: patterns)
        }
        let version =
            switch kind {
            case .collection: try collected(asked, url)
            case .text: try written(asked, url)
            case .redirect: try redirected(asked, url)
            case .snap: try held(asked, url)
            }
        guard profile.versions.isExact(version.text) else {
            let example = profile.versions.example
            throw .channelAnswer(
                asked, url: url, reason: "it names \(quoted(version.text)), which is no version such as \(example)")
        }
        say("\(profile.title) \(asked) is \(version)")
        return version
    }

    private var patterns: [String] { profile.channels.flatMap(\.names).map(\.description) }

    private func collected(_ channel: String, _ url: String) throws(ResolveError) -> Version {
        let bytes = try answer(channel, url)
        guard let versions = ChannelAnswer.collection(bytes) else {
            throw .channelAnswer(channel, url: url, reason: "what answers there is no list of channels")
        }
        guard let version = versions[channel] else {
            throw .unknownChannel(channel, definition.platform.versionLocation, known: Self.sorted(versions.keys))
        }
        return version
    }

    private func written(_ channel: String, _ url: String) throws(ResolveError) -> Version {
        guard let version = ChannelAnswer.text(try answer(channel, url)) else {
            throw .channelAnswer(channel, url: url, reason: "what answers there is not one version")
        }
        return version
    }

    private func redirected(_ channel: String, _ url: String) throws(ResolveError) -> Version {
        do throws(FetchError) {
            var request = try FetchRequest(url: url)
            request.followsRedirects = false
            _ = try gatherer.fetcher.document(request, limit: ChannelAnswer.limit)
        } catch {
            guard case .refused(_, let response) = error, (300..<400).contains(response.status),
                let location = response.headers["Location"]
            else { throw unanswered(channel, error) }
            guard let version = ChannelAnswer.redirect(location) else {
                throw .channelAnswer(channel, url: url, reason: "it redirects to no version")
            }
            return version
        }
        throw .channelAnswer(channel, url: url, reason: "it does not redirect to a version")
    }

    private func answer(_ channel: String, _ url: String) throws(ResolveError) -> [UInt8] {
        do throws(FetchError) {
            return try gatherer.fetcher.document(FetchRequest(url: url), limit: ChannelAnswer.limit).bytes
        } catch {
            throw unanswered(channel, error)
        }
    }

    /// A channel with a place of its own that is not there does not exist.
    private func unanswered(_ channel: String, _ error: FetchError) -> ResolveError {
        if error.isAbsence, profile.channelSource(channel)?.kind != .collection {
            return .unknownChannel(channel, definition.platform.versionLocation, known: patterns)
        }
        return .gather(.fetch(FetchedItem("the channel \(channel)", promise: "nobody"), error))
    }

    /// Words by name, then lines with the newest first.
    private static func sorted(_ channels: some Sequence<String>) -> [String] {
        let words = channels.filter { Version($0).numbers.isEmpty }.sorted()
        return words + channels.filter { !Version($0).numbers.isEmpty }.sorted { Version($1) < Version($0) }
    }
}

extension Resolution {
    /// The error for `error`, which happened to a file of `release`: what its makers do not have is an unknown version.
    func error(_ error: GatherError, about release: Release) -> ResolveError {
        guard case .fetch(_, .refused(let site, let response)) = error, response.isAbsence else {
            return .gather(error)
        }
        let asked = definition.platform.version
        return .unknownVersion(
            UnknownVersion(
                platform: profile.title, version: release.version,
                channel: profile.versions.isExact(asked) ? nil : asked, location: definition.platform.versionLocation,
                site: site, known: knownVersions, architecture: release.architecture,
                others: otherArchitectures(of: release.version)))
    }

    /// The other architectures for which the makers have files of `version`, sorted. Nobody is asked twice: the first error is the one to tell.
    private func otherArchitectures(of version: Version) -> [Architecture] {
        let others = profile.architectures.keys.filter { $0 != definition.platform.architecture }
        return others.sorted { $0.rawValue < $1.rawValue }.filter { architecture in
            guard let url = profile.release(version, architecture)?.artefacts.lazy.compactMap(\.url).first else {
                return false
            }
            do throws(FetchError) {
                var request = try FetchRequest(url: url)
                request.method = .head
                _ = try gatherer.fetcher.document(request, limit: DownloadItem.usualLimit)
                return true
            } catch {
                return false
            }
        }
    }

    /// What the makers' collections of channels tell now; nothing when they do not answer: the first error is the one to tell.
    private var knownVersions: [String: Version] {
        var known: [String: Version] = [:]
        for channel in profile.channels where channel.kind == .collection {
            do throws(FetchError) {
                let request = try FetchRequest(url: channel.url.expanded(["channel": ""]))
                let bytes = try gatherer.fetcher.document(request, limit: ChannelAnswer.limit).bytes
                known.merge(ChannelAnswer.collection(bytes) ?? [:]) { first, _ in first }
            } catch {
                continue
            }
        }
        return known
    }
}

extension FetchError {
    /// Whether the server says that there is no such thing.
    var isAbsence: Bool {
        if case .refused(_, let response) = self { response.isAbsence } else { false }
    }
}

extension FailedResponse {
    /// 404 Not Found, 410 Gone.
    var isAbsence: Bool { status == 404 || status == 410 }
}
