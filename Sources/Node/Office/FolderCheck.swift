import ChangeSets
import Foundation
import Replica

/// Holds the parts of an office's folder against each other: settings, certificate, keys, and the directory in the
/// database. A folder that was put together from two would sign in one office's name what another may not write.
struct FolderCheck {
    let folder: OfficeFolder
    let settings: OfficeSettings
    let keys: OfficeKeys

    /// Before the database is opened.
    func checkCertificate(of identity: OfficeIdentity) throws {
        guard identity.office.digits == settings.office else {
            throw FolderProblem.certificate(folder.keys.certificateFile, of: identity.office, settings: settings.office)
        }
        guard identity.authority.root.digits == settings.root else {
            throw FolderProblem.authority(
                folder.keys.authorityFile, of: identity.authority.root, settings: settings.root)
        }
    }

    /// A database of another office, or of another district, may know nothing of this office, and so contradict nothing.
    func checkMachine(_ replica: OfficeReplica) throws {
        guard let machine = try replica.machine(), machine != settings.machine else { return }
        throw FolderProblem.database(folder.replicaPath)
    }

    /// Against the directory, where it names this office already: right after joining it does not.
    func checkAuthor(_ replica: OfficeReplica) throws {
        let file = folder.keys.authorFile
        let halves = keys.publicHalves
        // One look: a node beside may take the directory in at any moment.
        let named = try replica.namedAuthors()
        guard let known = named[keys.author.author] else {
            let hasOther = named.values.contains { $0.office == replica.office && $0.ordinal == settings.ordinal }
            if hasOther { throw FolderProblem.unknownAuthorKey(file, replica.office) }
            return
        }
        guard known.office == replica.office else {
            throw FolderProblem.authorKey(file, of: known.office, settings: settings.office)
        }
        // The root's author is known by its first key alone until its own row has come.
        for (name, named, here) in [
            (folder.keys.tlsFile, known.tlsKey, halves.tls),
            (folder.keys.sealingFile, known.sealingKey, halves.sealing),
        ] where !named.isEmpty && named != here {
            throw FolderProblem.anotherKey(name, replica.office)
        }
    }
}

/// Why a folder is not one office's.
package enum FolderProblem: Error, CustomStringConvertible {
    case noSettings(String)
    case certificate(URL, of: OfficeCode, settings: String)
    case authority(URL, of: OfficeCode, settings: String)
    case authorKey(URL, of: OfficeCode, settings: String)
    case unknownAuthorKey(URL, OfficeCode)
    case anotherKey(URL, OfficeCode)
    case database(String)

    package var description: String {
        switch self {
        case .noSettings(let path):
            "\(path) is not there, but keys of an office are; where `sanji join` was cut off, repeat it with the same token "
                + "and folder; otherwise put back a copy of the file, or write it again by hand"
        case .certificate(let file, let office, let settings):
            "\(file.path) is \(office)'s, but office.json says \(settings); put right office.json if its code was "
                + "changed, or put back this office's own `keys` folder"
        case .authority(let file, let root, let settings):
            "\(file.path) is the authority of \(root), but office.json names \(settings) as the root; put right "
                + "office.json, or put back this office's own `keys` folder"
        case .authorKey(let file, let office, let settings):
            "\(file.path) is \(office)'s key, but office.json says \(settings); put back this office's own key"
        case .unknownAuthorKey(let file, let office):
            "\(file.path) is not the key that the directory names for \(office); put back this office's own key"
        case .database(let path):
            "\(path) was made with other keys than these: it is another office's, or another machine's; put back the database that "
                + "belongs to this folder, with its -wal file"
        case .anotherKey(let file, let office):
            "\(file.path) is not the key that the directory names for \(office); put back a copy of the whole `keys` folder"
        }
    }
}
