import ChangeSets
import Foundation

/// Why an office's or the authority's key files cannot be used.
package enum KeyFileProblem: Error, Hashable, CustomStringConvertible {
    case missing(URL)
    case exists(URL)
    case readableByOthers(URL)
    case damaged(URL)
    case noFile(URL)
    case notJoined(URL)
    case noAuthority(URL)
    case anotherAlgorithm(URL, found: Algorithm, wanted: Algorithm)
    case certificateOfAnotherKey(URL)
    case certificateOfAnotherAuthority(URL)
    case system(URL, Int32)

    package var description: String {
        switch self {
        case .missing(let file):
            "\(file.path) is missing; copy it back from where it went, or put back a copy of the whole folder"
        case .exists(let file):
            "\(file.path) is there already and would be lost; use another data folder, or move the file away yourself"
        case .readableByOthers(let file):
            "\(file.path) can be read by other accounts of this machine; run `chmod 600 \(file.path)`, and if anyone "
                + "may have copied it, tell the district"
        case .damaged(let file):
            "\(file.path) is no key or certificate file of sanji; put back a copy of it, or of the whole "
                + "folder"
        case .noFile(let file):
            "\(file.path) is a folder, a pipe or a device, no file; put back a copy of the file that was there"
        case .notJoined(let file):
            "this office has not joined yet (\(file.path) is missing); ask the office above for an invitation and run "
                + "`sanji join TOKEN`"
        case .noAuthority(let folder):
            "there is no authority in \(folder.path); run this at the district, in the data folder that "
                + "`sanji district create` made"
        case .anotherAlgorithm(let file, let found, let wanted):
            "\(file.path) is a key for \(found), but \(wanted) was asked for; leave out `--algorithm`, or use an empty "
                + "folder"
        case .certificateOfAnotherKey(let file):
            "\(file.path) was made for another key than this office's; put back a copy of the whole `keys` folder"
        case .certificateOfAnotherAuthority(let file):
            "\(file.path) was not made by the authority that this office joined; put back a copy of the whole `keys` folder"
        case .system(let file, let code):
            "\(file.path): \(String(cString: strerror(code))); check the folder's owner and free space"
        }
    }
}
